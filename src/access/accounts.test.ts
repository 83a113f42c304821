import { expect, it } from 'vitest';
import { accountId, allowing, iamWorld, refusalOf } from '../../test/fixtures/iam-world.ts';
import { iam } from '../services/iam/registry.ts';
import { sts } from '../services/sts/registry.ts';
import { Accounts, accountsMax } from './accounts.ts';

const otherId = '210987654321';

function world() {
  const made = iamWorld();
  return { ...made, accounts: new Accounts({ ...made, accountId }) };
}

it("makes an account whose root key is its root user's", () => {
  const { accounts, access, call } = world();
  const { rootKey, ...row } = accounts.create({ accountId: otherId, accountName: 'Data' });
  const root = { type: 'root', accountId: otherId, arn: `arn:aws:iam::${otherId}:root` } as const;
  expect(row).toEqual({ accountId: otherId, accountName: 'Data', createdAt: '2026-11-01T12:00:00.000Z' });
  expect(access.resolve(rootKey.accessKeyId, undefined)).toEqual({ secretAccessKey: rootKey.secretAccessKey, principal: root });
  expect(call(sts.GetCallerIdentity, {}, root)).toEqual({ UserId: otherId, Account: otherId, Arn: root.arn });
  expect(accounts.find(otherId)?.rootKey).toMatchObject(rootKey);
  expect(accounts.list()).toEqual([row]);
});

it('chooses an id when none is given', () => {
  const { accounts } = world();
  const { accountId: chosen, accountName } = accounts.create({});
  expect(chosen).toMatch(/^\d{12}$/);
  expect(accountName).toBe(`account ${chosen}`);
});

it.each([
  [{ accountId: '12345' }, 'ValidationException', '12345 is no account id: it has 12 digits.'],
  [{ accountId }, 'AlreadyExists', `Account ${accountId} exists.`],
  [{ accountId: otherId }, 'AlreadyExists', `Account ${otherId} exists.`],
  [{ accountName: 'a\nb' }, 'ValidationException', 'The name of an account has 1 to 50 letters, digits, spaces or characters of _.,@+=-'],
])('refuses to make %o', (request, code, message) => {
  const { accounts } = world();
  accounts.create({ accountId: otherId });
  expect(refusalOf(() => accounts.create(request))).toMatchObject({ code, message });
  expect(accounts.list()).toHaveLength(1);
});

it('makes no more than its limit', () => {
  const { accounts } = world();
  for (let index = 0; index < accountsMax; index += 1) accounts.create({});
  expect(refusalOf(() => accounts.create({})).code).toBe('LimitExceeded');
});

it('deletes an account that is empty, and with it its root key and sessions', () => {
  const { accounts, access, call, store, rootKey: ownKey } = world();
  const { rootKey } = accounts.create({ accountId: otherId });
  const principal = { type: 'root', accountId: otherId, arn: `arn:aws:iam::${otherId}:root` } as const;
  const { Credentials: session } = call(sts.GetSessionToken, {}, principal);
  expect(access.resolve(session?.AccessKeyId ?? '', session?.SessionToken)).toBeDefined();
  expect(accounts.delete(otherId)).toBe(true);
  expect(access.resolve(rootKey.accessKeyId, undefined)).toBeUndefined();
  expect(access.resolve(session?.AccessKeyId ?? '', session?.SessionToken)).toBeUndefined();
  expect(access.resolve(ownKey.accessKeyId, undefined)).toBeDefined();
  expect(accounts.delete(otherId)).toBe(false);
  // Nothing of the account that was there comes back with its id.
  accounts.create({ accountId: otherId });
  expect(access.resolve(rootKey.accessKeyId, undefined)).toBeUndefined();
  expect(access.resolve(session?.AccessKeyId ?? '', session?.SessionToken)).toBeUndefined();
  expect(store.iam.sessions.list()).toEqual([]);
});

it("keeps an account that owns something, and the installation's own", () => {
  const { accounts, call, store } = world();
  accounts.create({ accountId: otherId });
  const root = { type: 'root', accountId: otherId, arn: `arn:aws:iam::${otherId}:root` } as const;
  call(iam.CreateUser, { UserName: 'eve' }, root);
  call(iam.PutUserPolicy, { UserName: 'eve', PolicyName: 'p', PolicyDocument: allowing('*') }, root);
  call(iam.CreateGroup, { GroupName: 'readers' }, root);
  store.s3.buckets.insert({ bucketName: 'theirs', ownerId: otherId, region: 'us-west-2', createdAt: '2026-11-01T12:00:00Z' });
  expect(refusalOf(() => accounts.delete(otherId))).toEqual({
    code: 'DeleteConflict',
    status: 409,
    message: `Account ${otherId} still has bucket theirs, user eve, group readers. Delete them first: nothing was changed.`,
  });
  expect(refusalOf(() => accounts.delete(accountId)).message).toBe(`Account ${accountId} is this installation's own.`);
  expect(accounts.find(otherId)).toBeDefined();
});

it("is forgotten by a reset, which keeps the installation's own root key only", () => {
  const { accounts, access, call, store, rootKey: ownKey } = world();
  const { rootKey } = accounts.create({ accountId: otherId });
  call(iam.CreateUser, { UserName: 'eve' }, { type: 'root', accountId: otherId, arn: `arn:aws:iam::${otherId}:root` });
  store.forget();
  expect(accounts.list()).toEqual([]);
  expect(access.resolve(rootKey.accessKeyId, undefined)).toBeUndefined();
  expect(store.iam.of(otherId).users.list()).toEqual([]);
  expect(access.resolve(ownKey.accessKeyId, undefined)).toBeDefined();
});
