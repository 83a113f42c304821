import type { AccountRequest, Accounts, AccountWithKey } from '../../access/accounts.ts';
import type { Reply, RequestHead } from '../../aws/message.ts';

const path = '/_cloister/accounts';

const json = (status: number, value: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(`${JSON.stringify(value)}\n`),
});

/**
 * `POST …/accounts?id=…&name=…`, `GET …/accounts` (without their keys), `GET …/accounts/ID` (with its root key) and
 * `DELETE …/accounts/ID`. Undefined when it is another path.
 */
export function answerAccounts({ method, target }: RequestHead, accounts: Accounts): Reply | undefined {
  const [own = '', query = ''] = target.split('?');
  if (own === path && method === 'POST') return json(200, withKey(accounts.create(requestOf(new URLSearchParams(query)))));
  if (own === path && method === 'GET') return json(200, { accounts: accounts.list() });
  if (!own.startsWith(`${path}/`)) return undefined;
  const accountId = own.slice(path.length + 1);
  const missing = json(404, { message: `there is no account ${accountId} beside this installation's own` });
  if (method === 'DELETE') return accounts.delete(accountId) ? json(200, { accountId }) : missing;
  if (method !== 'GET') return undefined;
  const account = accounts.find(accountId);
  return account === undefined ? missing : json(200, withKey(account));
}

const withKey = ({ accountId, accountName, createdAt, rootKey: { accessKeyId, secretAccessKey } }: AccountWithKey) => ({
  accountId,
  accountName,
  createdAt,
  accessKeyId,
  secretAccessKey,
});

function requestOf(parameters: URLSearchParams): AccountRequest {
  const accountId = parameters.get('id');
  const accountName = parameters.get('name');
  return { ...(accountId === null ? {} : { accountId }), ...(accountName === null ? {} : { accountName }) };
}
