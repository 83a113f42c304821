import { expect, it } from 'vitest';
import { accountId, iamWorld, refusalOf } from '../../../test/fixtures/iam-world.ts';
import { Accounts } from '../../access/accounts.ts';
import { answerAccounts } from './answer-accounts.ts';

const otherId = '210987654321';

function world() {
  const made = iamWorld();
  const accounts = new Accounts({ ...made, accountId });
  return (method: string, target: string) => {
    const reply = answerAccounts({ method, target, headers: [], arrival: { kind: 'host', sourceIp: '127.0.0.1', secure: false } }, accounts);
    return reply === undefined ? undefined : { status: reply.status, body: JSON.parse(Buffer.from(reply.body as Uint8Array).toString()) as unknown };
  };
}

it('makes, shows and deletes accounts, and shows keys of one only', () => {
  const ask = world();
  const created = ask('POST', `/_cloister/accounts?id=${otherId}&name=Data`);
  expect(created).toEqual({
    status: 200,
    body: {
      accountId: otherId,
      accountName: 'Data',
      createdAt: '2026-11-01T12:00:00.000Z',
      accessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
      secretAccessKey: expect.stringMatching(/^[\w+/]{40}$/),
    },
  });
  expect(ask('GET', `/_cloister/accounts/${otherId}`)).toEqual(created);
  expect(ask('GET', '/_cloister/accounts')).toEqual({
    status: 200,
    body: { accounts: [{ accountId: otherId, accountName: 'Data', createdAt: '2026-11-01T12:00:00.000Z' }] },
  });
  expect(ask('DELETE', `/_cloister/accounts/${otherId}`)).toEqual({ status: 200, body: { accountId: otherId } });
  for (const method of ['GET', 'DELETE']) expect(ask(method, `/_cloister/accounts/${otherId}`)?.status).toBe(404);
  expect(refusalOf(() => ask('DELETE', `/_cloister/accounts/${accountId}`)).code).toBe('ValidationException');
});

it('leaves other paths to others', () => {
  const ask = world();
  expect(ask('POST', '/_cloister/attachments')).toBeUndefined();
  expect(ask('PUT', '/_cloister/accounts/1')).toBeUndefined();
});
