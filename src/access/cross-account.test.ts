import { expect, it } from 'vitest';
import { accountId, allowing, fromHost, iamWorld, refusalOf } from '../../test/fixtures/iam-world.ts';
import { AwsError } from '../aws/aws-error.ts';
import { canonicalUserId } from '../model/canonical-user-id.ts';
import type { Principal } from '../model/policy/principal.ts';
import { iam } from '../services/iam/registry.ts';
import { passRoleDemand } from '../services/iam/pass-role.ts';
import { s3 } from '../services/s3/registry.ts';
import { sts } from '../services/sts/registry.ts';
import { Accounts } from './accounts.ts';

const otherId = '210987654321';
const otherRoot: Principal = { type: 'root', accountId: otherId, arn: `arn:aws:iam::${otherId}:root` };

/** `eve` is a user of the other account, with one policy. */
function world(evesPolicy: string) {
  const made = iamWorld();
  const { call, access } = made;
  new Accounts({ ...made, accountId }).create({ accountId: otherId });
  call(iam.CreateUser, { UserName: 'eve' }, otherRoot);
  call(iam.PutUserPolicy, { UserName: 'eve', PolicyName: 'p', PolicyDocument: evesPolicy }, otherRoot);
  const { AccessKey } = call(iam.CreateAccessKey, { UserName: 'eve' }, otherRoot);
  const eve = access.resolve(AccessKey?.AccessKeyId ?? '', undefined)?.principal;
  if (eve?.type !== 'user') throw new Error("the key is a user's");
  return { ...made, eve };
}

function outcomeOf(call: () => unknown): string {
  try {
    call();
    return 'listed';
  } catch (error) {
    if (error instanceof AwsError) return `${error.code} ${error.status}: ${error.message}`;
    throw error;
  }
}

const trusting = (aws: string, condition?: object): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: aws }, Action: 'sts:AssumeRole', ...(condition === undefined ? {} : { Condition: condition }) }],
  });

const bucketPolicy = (principal: unknown, more: object = {}): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 's3:ListBucket', Resource: 'arn:aws:s3:::data', ...more }],
  });

it.each([
  ['the account', otherId],
  ["the account's root", `arn:aws:iam::${otherId}:root`],
  ['the user', `arn:aws:iam::${otherId}:user/eve`],
])('a role is assumed across accounts when it trusts %s and the caller may', (_whom, trusted) => {
  const may = world(allowing('sts:AssumeRole'));
  const RoleArn = may.makeRole('Shared', allowing('s3:*'), trusting(trusted));
  const { AssumedRoleUser, Credentials } = may.call(sts.AssumeRole, { RoleArn, RoleSessionName: 'eve' }, may.eve);
  expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${accountId}:assumed-role/Shared/eve`);
  const session = may.access.resolve(Credentials?.AccessKeyId ?? '', Credentials?.SessionToken)?.principal;
  expect(may.call(sts.GetCallerIdentity, {}, session)).toMatchObject({ Account: accountId });
  // Across accounts a trust policy that names the user is not enough by itself.
  const mayNot = world(allowing('s3:*'));
  const arn = mayNot.makeRole('Shared', allowing('s3:*'), trusting(trusted));
  expect(refusalOf(() => mayNot.call(sts.AssumeRole, { RoleArn: arn, RoleSessionName: 'eve' }, mayNot.eve)).message).toBe(
    `User: arn:aws:iam::${otherId}:user/eve is not authorized to perform: sts:AssumeRole on resource: ${arn} because no identity-based policy allows the sts:AssumeRole action`,
  );
});

it('a role of another account that does not trust the caller is as one that is not there', () => {
  const { call, makeRole, eve } = world(allowing('*'));
  const RoleArn = makeRole('Own', allowing('s3:*'), trusting(accountId));
  for (const arn of [RoleArn, `${RoleArn}-gone`]) {
    expect(refusalOf(() => call(sts.AssumeRole, { RoleArn: arn, RoleSessionName: 'eve' }, eve)).message).toContain('because no role trust policy');
  }
});

it('an external id keeps a confused deputy out', () => {
  const { call, makeRole, eve } = world(allowing('sts:AssumeRole'));
  const RoleArn = makeRole('Shared', undefined, trusting(otherId, { StringEquals: { 'sts:ExternalId': 'ours' } }));
  const assume = (more: object) => call(sts.AssumeRole, { RoleArn, RoleSessionName: 'eve', ...more }, eve);
  expect(refusalOf(() => assume({})).code).toBe('AccessDenied');
  expect(refusalOf(() => assume({ ExternalId: "somebody else's" })).code).toBe('AccessDenied');
  expect(assume({ ExternalId: 'ours' }).Credentials).toBeDefined();
});

it.each([
  ['the user', { AWS: `arn:aws:iam::${otherId}:user/eve` }],
  ['the account', { AWS: otherId }],
  ['the canonical user', { CanonicalUser: canonicalUserId(otherId) }],
])('a bucket is read across accounts when its policy names %s and the caller may', (_whom, principal) => {
  for (const [evesPolicy, itsPolicy, isAllowed] of [
    [allowing('s3:ListBucket'), bucketPolicy(principal), true],
    [allowing('s3:GetObject'), bucketPolicy(principal), false],
    [allowing('s3:ListBucket'), undefined, false],
    [allowing('s3:ListBucket'), bucketPolicy({ AWS: accountId }), false],
  ] as const) {
    const { call, eve } = world(evesPolicy);
    call(s3.CreateBucket, { Bucket: 'data', CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } });
    if (itsPolicy !== undefined) call(s3.PutBucketPolicy, { Bucket: 'data', Policy: itsPolicy });
    const list = () => call(s3.ListObjectsV2, { Bucket: 'data' }, eve);
    expect(outcomeOf(list)).toBe(isAllowed ? 'listed' : 'AccessDenied 403: Access Denied');
  }
});

it("judges by the caller's account and by the resource's", () => {
  const policy = bucketPolicy('*', { Condition: { StringEquals: { 'aws:PrincipalAccount': otherId } } });
  const condition = (owner: string) => ({ Condition: { StringEquals: { 'aws:ResourceAccount': owner } } });
  for (const [owner, isAllowed] of [
    [accountId, true],
    [otherId, false],
  ] as const) {
    const { call, eve } = world(allowing('s3:ListBucket', condition(owner)));
    call(s3.CreateBucket, { Bucket: 'data', CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } });
    call(s3.PutBucketPolicy, { Bucket: 'data', Policy: policy });
    const list = () => call(s3.ListObjectsV2, { Bucket: 'data' }, eve);
    expect(outcomeOf(list)).toBe(isAllowed ? 'listed' : 'AccessDenied 403: Access Denied');
  }
  // What has no owner of its own is the caller's.
  const { call, eve } = world(allowing('s3:ListAllMyBuckets', condition(otherId)));
  expect(call(s3.ListBuckets, {}, eve)).toMatchObject({ Buckets: [] });
});

it('names of buckets are taken across accounts, and each account lists its own', () => {
  const { call, eve } = world(allowing('s3:*'));
  call(s3.CreateBucket, { Bucket: 'data', CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } });
  expect(refusalOf(() => call(s3.CreateBucket, { Bucket: 'data', CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } }, eve)).code).toBe(
    'BucketAlreadyExists',
  );
  call(s3.CreateBucket, { Bucket: 'theirs', CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } }, eve);
  const names = (principal?: Principal) => call(s3.ListBuckets, {}, principal).Buckets?.map(({ Name }) => Name);
  expect(names()).toEqual(['data']);
  expect(names(eve)).toEqual(['theirs']);
  expect(refusalOf(() => call(s3.ListObjectsV2, { Bucket: 'theirs', ExpectedBucketOwner: accountId }, eve)).code).toBe('AccessDenied');
  expect(call(s3.ListObjectsV2, { Bucket: 'theirs', ExpectedBucketOwner: otherId }, eve)).toMatchObject({ KeyCount: 0 });
});

it('a role is not passed across accounts, not even by root', () => {
  const { access, clock } = world(allowing('*'));
  const demand = passRoleDemand(`arn:aws:iam::${accountId}:role/R`, 'sagemaker.amazonaws.com');
  expect(access.authorise({ principal: otherRoot, arrival: fromHost, demand, now: clock.now() }).verdict).toBe('deny');
  expect(access.authorise({ principal: { type: 'root', accountId, arn: '' }, arrival: fromHost, demand, now: clock.now() }).verdict).toBe('allow');
});

it('sessions from before a time are revoked by a Deny on the time of their tokens', () => {
  const { access, call, clock, makeRole, sessionOf } = world(allowing('*'));
  const roleArn = makeRole('R', allowing('s3:*'));
  const before = sessionOf(roleArn);
  const revoke = { Condition: { DateLessThan: { 'aws:TokenIssueTime': '2026-11-01T12:00:01Z' } } };
  const deny = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*', ...revoke }] });
  call(iam.PutRolePolicy, { RoleName: 'R', PolicyName: 'AWSRevokeOlderSessions', PolicyDocument: deny });
  clock.advance(2_000);
  const verdict = (principal: Principal) =>
    access.authorise({ principal, arrival: fromHost, demand: { action: 's3:GetObject', resource: 'arn:aws:s3:::b/k' }, now: clock.now() }).verdict;
  expect(verdict(before)).toBe('deny');
  expect(verdict(sessionOf(roleArn))).toBe('allow');
});
