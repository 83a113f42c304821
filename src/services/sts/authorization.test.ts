import { describe, expect, it } from 'vitest';
import { accountId, allowing, iamWorld, refusalOf } from '../../../test/fixtures/iam-world.ts';
import type { Principal } from '../../model/policy/principal.ts';
import type { Operation } from '../operation.ts';
import { sts } from './registry.ts';

const role = `arn:aws:iam::${accountId}:role/Target`;
const assuming = { RoleArn: role, RoleSessionName: 's' };

/** Of every operation that needs a permission: an input, the action, and its resource. */
const table: readonly (readonly [operation: keyof typeof sts, action: string, resource: string, input: object])[] = [
  ['AssumeRole', 'sts:AssumeRole', role, assuming],
  ['AssumeRole', 'sts:TagSession', role, { ...assuming, Tags: [{ Key: 'k', Value: 'v' }] }],
  ['AssumeRole', 'sts:SetSourceIdentity', role, { ...assuming, SourceIdentity: 'alice' }],
  ['DecodeAuthorizationMessage', 'sts:DecodeAuthorizationMessage', '*', { EncodedMessage: 'bm90aGluZw' }],
  ['GetAccessKeyInfo', 'sts:GetAccessKeyInfo', '*', { AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' }],
];
/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html: no policy can take these away. */
const open: readonly (keyof typeof sts)[] = ['GetCallerIdentity', 'GetSessionToken'];

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: 'sts:*' }],
});

function world(policy: string) {
  const made = iamWorld();
  made.makeRole('Target', undefined, trust);
  const caller = made.sessionOf(made.makeRole('Caller', policy));
  const judged = (name: keyof typeof sts, input: object, principal: Principal): void => {
    const operation = sts[name] as unknown as Operation<object, unknown>;
    made.call({ ...operation, commit: () => undefined }, input, principal);
  };
  return { caller, judged };
}

describe.each(table)('%s by %s', (name, action, resource, input) => {
  it('is allowed by exactly its action on exactly its resource', () => {
    const { caller, judged } = world(allowing([...new Set([action, 'sts:AssumeRole'])], name === 'AssumeRole' ? { Resource: resource } : {}));
    expect(() => judged(name, input, caller)).not.toThrow();
  });

  it('is denied without it', () => {
    const everythingElse = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', NotAction: action, Resource: '*' }] });
    const { caller, judged } = world(everythingElse);
    expect(refusalOf(() => judged(name, input, caller))).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: `User: arn:aws:sts::${accountId}:assumed-role/Caller/job is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
    });
  });
});

it.each(open)('%s is for everyone, whatever policies say', (name) => {
  const { caller, judged } = world(JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] }));
  expect(() => judged(name, {}, caller)).not.toThrow();
});

it('is tested for every operation; the list of those that are open may only shrink', () => {
  expect(open.length).toBeLessThanOrEqual(2);
  expect([...new Set([...table.map(([name]) => name), ...open])].toSorted()).toEqual(Object.keys(sts).toSorted());
});
