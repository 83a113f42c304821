import { Api } from '../api.ts';
import { readRunningDaemon } from '../daemon-file.ts';
import { type AccountKey, accountsPath, environmentLines } from '../environment.ts';
import type { Terminal } from '../terminal.ts';

interface Account {
  readonly accountId: string;
  readonly accountName: string;
  readonly createdAt: string;
}

export interface AccountOptions {
  readonly data: string;
}

/** Another account, and shell lines that make every AWS client its root user: `eval "$(cloister account create)"`. */
export async function accountCreate(
  terminal: Terminal,
  accountId: string | undefined,
  options: AccountOptions & { readonly name?: string },
): Promise<void> {
  const daemon = readRunningDaemon(options.data);
  const query = new URLSearchParams();
  if (accountId !== undefined) query.set('id', accountId);
  if (options.name !== undefined) query.set('name', options.name);
  const account = (await new Api(daemon).operator(`${accountsPath}?${query.toString()}`, 'POST')) as AccountKey;
  terminal.line(`# account ${account.accountId}`);
  for (const line of environmentLines({ ...daemon, ...account })) terminal.line(line);
}

export async function accountList(terminal: Terminal, options: AccountOptions): Promise<void> {
  const daemon = readRunningDaemon(options.data);
  const { accounts } = (await new Api(daemon).operator(accountsPath)) as { readonly accounts: readonly Account[] };
  const own = [daemon.accountId, "this installation's own", ''];
  terminal.table(['account', 'name', 'made'], [own, ...accounts.map(({ accountId, accountName, createdAt }) => [accountId, accountName, createdAt])]);
}

/** Refused while it owns anything. */
export async function accountDelete(terminal: Terminal, accountId: string, options: AccountOptions): Promise<void> {
  await new Api(readRunningDaemon(options.data)).operator(`${accountsPath}/${encodeURIComponent(accountId)}`, 'DELETE');
  terminal.done(`account ${accountId} is deleted`);
}
