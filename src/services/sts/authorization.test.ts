import { expect, it } from 'vitest';
import { expectExactly } from '../../../test/fixtures/exactly.ts';
import { accountId, iamWorld } from '../../../test/fixtures/iam-world.ts';
import type { Operation } from '../operation.ts';
import { sts } from './registry.ts';

/** What AWS lets everybody ask who has credentials. The list may only shrink. */
const asksNothing = ['GetCallerIdentity', 'GetSessionToken'];
const asksNothingMax = 2;
const roleArn = `arn:aws:iam::${accountId}:role/Target`;

it('sts:AssumeRole is allowed by exactly its action on exactly the role, and denied without', () => {
  const world = iamWorld();
  world.makeRole('Target');
  const input = { RoleArn: roleArn, RoleSessionName: 'session' };
  // Sessions of the callers themselves are made meanwhile.
  const rows = () => world.store.iam.sessions.list().filter(({ principal }) => principal.type === 'role-session' && principal.roleArn === roleArn);
  expectExactly({ world, operation: sts.AssumeRole as Operation<any, any>, input, needs: [['sts:AssumeRole', roleArn]], rows });
  expect(rows()).toHaveLength(1);
});

it('every operation is tested here, or is one of the few that need no permission', () => {
  expect(asksNothing.length).toBeLessThanOrEqual(asksNothingMax);
  expect(['AssumeRole', ...asksNothing].toSorted()).toEqual(Object.keys(sts).toSorted());
});
