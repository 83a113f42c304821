import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Database } from './database.ts';
import { iamMigrations, IamStore } from './iam.ts';

const arn = (resource: string): string => `arn:aws:iam::123456789012:${resource}`;
const row = (key: string, value: string, more: object = {}): [string, string] => [value, JSON.stringify({ [key]: value, ...more })];

it('takes over what was stored when there was one account', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cloister-iam-'));
  try {
    const path = join(folder, 'database');
    const before = new Database(path, iamMigrations.slice(0, 2));
    const insert = (table: string, key: string, values: readonly string[]): void => {
      before.run(`insert into ${table} (${key}, body) values (?, ?)`, ...values);
    };
    insert('iam_roles', 'roleName', row('roleName', 'train', { arn: arn('role/p/train'), lowerCaseName: 'train' }));
    insert('iam_users', 'userName', row('userName', 'alice', { arn: arn('user/alice'), lowerCaseName: 'alice' }));
    insert('iam_role_policies', 'inlinePolicyId', row('inlinePolicyId', 'train#data', { owner: 'train', policyName: 'data' }));
    insert('iam_user_policies', 'inlinePolicyId', row('inlinePolicyId', 'alice#own', { owner: 'alice', policyName: 'own' }));
    insert('iam_access_keys', 'accessKeyId', row('accessKeyId', 'AKIAROOT', { owner: 'root' }));
    insert('iam_access_keys', 'accessKeyId', row('accessKeyId', 'AKIAALICE', { owner: 'user', userName: 'alice' }));
    before.close();

    const database = new Database(path, iamMigrations);
    const store = new IamStore(database);
    const iam = store.of('123456789012');
    expect(iam.roles.find('train')?.arn).toBe(arn('role/p/train'));
    expect(iam.users.list({ lowerCaseName: 'alice' }).map(({ userName }) => userName)).toEqual(['alice']);
    expect(iam.rolePolicies.find(iam.inlinePolicyId('train', 'data'))?.policyName).toBe('data');
    expect(iam.userPolicies.list({ owner: 'alice' })).toHaveLength(1);
    expect(iam.accessKeysOf('alice').map(({ accessKeyId }) => accessKeyId)).toEqual(['AKIAALICE']);
    expect(store.accessKeys.find('AKIAROOT')?.accountId).toBeUndefined();
    expect(store.of('210987654321').roles.find('train')).toBeUndefined();
    database.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
