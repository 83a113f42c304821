import { describe, expect, it } from 'vitest';
import { accountId, allowing, iamWorld, refusalOf, root, trustPolicy } from '../../../test/fixtures/iam-world.ts';
import type { Principal } from '../../model/policy/principal.ts';
import { iam } from '../iam/registry.ts';
import { sts } from './registry.ts';

function withUser(policy: string) {
  const world = iamWorld();
  world.call(iam.CreateUser, { UserName: 'alice' });
  world.call(iam.PutUserPolicy, { UserName: 'alice', PolicyName: 'p', PolicyDocument: policy });
  const key = world.call(iam.CreateAccessKey, { UserName: 'alice' }).AccessKey;
  const alice = world.access.resolve(key?.AccessKeyId ?? '', undefined)?.principal ?? root;
  return { ...world, alice };
}

const principalOf = (
  world: ReturnType<typeof iamWorld>,
  credentials: { AccessKeyId?: string | undefined; SessionToken?: string | undefined } | undefined,
) => world.access.resolve(credentials?.AccessKeyId ?? '', credentials?.SessionToken)?.principal;

describe('GetCallerIdentity', () => {
  it('tells everyone who they are, without any permission', () => {
    const world = withUser(allowing('s3:*'));
    const { call, alice, makeRole, sessionOf } = world;
    expect(call(sts.GetCallerIdentity, {})).toEqual({ UserId: accountId, Account: accountId, Arn: `arn:aws:iam::${accountId}:root` });
    expect(call(sts.GetCallerIdentity, {}, alice)).toMatchObject({
      Arn: `arn:aws:iam::${accountId}:user/alice`,
      UserId: expect.stringMatching(/^AIDA/),
    });
    expect(call(sts.GetCallerIdentity, {}, sessionOf(makeRole('R')))).toMatchObject({
      Arn: `arn:aws:sts::${accountId}:assumed-role/R/job`,
      UserId: expect.stringMatching(/^AROA[A-Z2-7]{17}:job$/),
    });
    expect(refusalOf(() => call(sts.GetCallerIdentity, {}, { type: 'anonymous' })).code).toBe('MissingAuthenticationToken');
  });
});

describe('AssumeRole', () => {
  it('gives a session that acts as the role', () => {
    const world = withUser(allowing('sts:AssumeRole'));
    const RoleArn = world.makeRole('R', allowing('s3:*'));
    const answer = world.call(sts.AssumeRole, { RoleArn, RoleSessionName: 'dev' }, world.alice);
    expect(answer).toMatchObject({
      AssumedRoleUser: { Arn: `arn:aws:sts::${accountId}:assumed-role/R/dev`, AssumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}:dev$/) },
      Credentials: { Expiration: new Date('2026-11-01T13:00:00Z') },
    });
    expect(principalOf(world, answer.Credentials)).toMatchObject({ type: 'role-session', roleArn: RoleArn, sessionName: 'dev' });
  });

  it("is denied without the caller's own permission when the trust is the account's", () => {
    const world = withUser(allowing('s3:*'));
    const RoleArn = world.makeRole('R');
    expect(refusalOf(() => world.call(sts.AssumeRole, { RoleArn, RoleSessionName: 'dev' }, world.alice))).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: `User: arn:aws:iam::${accountId}:user/alice is not authorized to perform: sts:AssumeRole on resource: ${RoleArn} because no identity-based policy allows the sts:AssumeRole action`,
    });
  });

  it('is denied by a role that trusts others, and by one that is not there', () => {
    const world = withUser(allowing('*'));
    const RoleArn = world.makeRole('R', undefined, trustPolicy.replace(`arn:aws:iam::${accountId}:root`, '999999999999'));
    for (const arn of [RoleArn, `${RoleArn}2`]) {
      expect(refusalOf(() => world.call(sts.AssumeRole, { RoleArn: arn, RoleSessionName: 'dev' }, world.alice)).message).toBe(
        `User: arn:aws:iam::${accountId}:user/alice is not authorized to perform: sts:AssumeRole on resource: ${arn} because no role trust policy allows the sts:AssumeRole action`,
      );
    }
  });

  it('is not for root', () => {
    const { call, makeRole } = iamWorld();
    const RoleArn = makeRole('R');
    expect(refusalOf(() => call(sts.AssumeRole, { RoleArn, RoleSessionName: 'dev' }))).toMatchObject({
      code: 'AccessDenied',
      message: 'Roles may not be assumed by root accounts.',
    });
  });

  it('asks for the external id', () => {
    const world = withUser(allowing('sts:AssumeRole'));
    const trust = trustPolicy.replace('"Action"', '"Condition":{"StringEquals":{"sts:ExternalId":"42"}},"Action"');
    const RoleArn = world.makeRole('R', undefined, trust);
    const assume = (more: object) => world.call(sts.AssumeRole, { RoleArn, RoleSessionName: 'dev', ...more }, world.alice);
    expect(refusalOf(() => assume({})).code).toBe('AccessDenied');
    expect(refusalOf(() => assume({ ExternalId: '41' })).code).toBe('AccessDenied');
    expect(assume({ ExternalId: '42' }).Credentials).toBeDefined();
  });

  it('looks at how the request arrived', () => {
    const world = withUser(allowing('sts:AssumeRole'));
    const trust = trustPolicy.replace('"Action"', '"Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}},"Action"');
    const input = { RoleArn: world.makeRole('R', undefined, trust), RoleSessionName: 'dev' };
    const edge = (sourceIp: string) => ({ kind: 'edge', service: 'sts', sourceIp, secure: true }) as const;
    expect(world.call(sts.AssumeRole, input, world.alice, edge('203.0.113.9')).Credentials).toBeDefined();
    expect(refusalOf(() => world.call(sts.AssumeRole, input, world.alice, edge('198.51.100.1'))).code).toBe('AccessDenied');
  });

  it('narrows the session by its policies', () => {
    const world = withUser(allowing('sts:AssumeRole'));
    const RoleArn = world.makeRole('R', allowing('s3:*'));
    const input = {
      RoleArn,
      RoleSessionName: 'dev',
      Policy: allowing('s3:ListBucket'),
      PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' }],
    };
    const session = principalOf(world, world.call(sts.AssumeRole, input, world.alice).Credentials) as Principal;
    const ask = (action: string) =>
      world.access.authorise({
        principal: session,
        arrival: { kind: 'host', sourceIp: '127.0.0.1', secure: false },
        demand: { action, resource: 'arn:aws:s3:::b/k' },
        now: world.clock.now(),
      });
    expect(ask('s3:GetObject').verdict).toBe('allow');
    expect(ask('s3:PutObject')).toMatchObject({ verdict: 'deny', missing: 'session' });
  });

  it.each([
    [{ Policy: '{' }, 'MalformedPolicyDocument', 'This policy contains invalid Json'],
    [
      { PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/Nope' }] },
      'ValidationError',
      'Session policy arn:aws:iam::aws:policy/Nope does not exist or is not attachable.',
    ],
    [{ DurationSeconds: 3_601 }, 'ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'],
    [{ Tags: [{ Key: 'a', Value: 'b' }] }, 'ValidationError', 'Tags is not supported: it would not be enforced.'],
  ])('refuses %o', (more, code, message) => {
    const world = withUser(allowing('sts:AssumeRole'));
    const RoleArn = world.makeRole('R');
    expect(refusalOf(() => world.call(sts.AssumeRole, { RoleArn, RoleSessionName: 'dev', ...more }, world.alice))).toEqual({
      code,
      message,
      status: 400,
    });
    expect(world.store.iam.sessions.list()).toEqual([]);
  });

  it('lets a chain of roles last an hour', () => {
    const world = iamWorld();
    const first = world.sessionOf(world.makeRole('First', allowing('sts:AssumeRole')));
    const RoleArn = world.makeRole('Second');
    world.call(iam.UpdateRole, { RoleName: 'Second', MaxSessionDuration: 43_200 });
    const assume = (DurationSeconds: number) => world.call(sts.AssumeRole, { RoleArn, RoleSessionName: 'dev', DurationSeconds }, first);
    expect(refusalOf(() => assume(3_601)).message).toBe(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
    expect(assume(3_600).Credentials).toBeDefined();
  });
});

describe('GetSessionToken', () => {
  it("gives temporary credentials with the user's own permissions", () => {
    const world = withUser(allowing('s3:*'));
    const { Credentials } = world.call(sts.GetSessionToken, {}, world.alice);
    expect(principalOf(world, Credentials)).toEqual(world.alice);
    expect(Credentials?.Expiration).toEqual(new Date('2026-11-02T00:00:00Z'));
  });

  it('gives root an hour', () => {
    const world = iamWorld();
    const { Credentials } = world.call(sts.GetSessionToken, { DurationSeconds: 43_200 });
    expect(Credentials?.Expiration).toEqual(new Date('2026-11-01T13:00:00Z'));
    expect(principalOf(world, Credentials)).toEqual(root);
  });

  it('is denied to sessions', () => {
    const { call, makeRole, sessionOf } = iamWorld();
    expect(refusalOf(() => call(sts.GetSessionToken, {}, sessionOf(makeRole('R', allowing('*'))))).code).toBe('AccessDenied');
  });

  it('ends with the user', () => {
    const world = withUser(allowing('s3:*'));
    const { Credentials } = world.call(sts.GetSessionToken, {}, world.alice);
    world.store.iam.of(accountId).users.delete('alice');
    expect(principalOf(world, Credentials)).toBeUndefined();
  });
});
