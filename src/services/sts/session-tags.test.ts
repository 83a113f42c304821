import { expect, it } from 'vitest';
import { accountId, allowing, iamWorld, refusalOf } from '../../../test/fixtures/iam-world.ts';
import type { Principal } from '../../model/policy/principal.ts';
import { seededRandom } from '../../stdx/random.ts';
import { iam } from '../iam/registry.ts';
import { sts } from './registry.ts';

const trusting = (action: string | readonly string[], more: object = {}): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: action, ...more }],
  });
const everything = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];
const trustService = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

/** A session of `Caller`, who may do `callerMay`, and the role `R`, which trusts for `trust`. */
function world(callerMay: string | readonly string[] = everything, trust = trusting(everything)) {
  const made = iamWorld();
  const caller = made.sessionOf(made.makeRole('Caller', allowing(callerMay), trustService));
  const RoleArn = made.makeRole('R', allowing([...everything, 's3:*']), trust);
  const assume = (more: object, by: Principal = caller, roleArn = RoleArn) => {
    const answer = made.call(sts.AssumeRole, { RoleArn: roleArn, RoleSessionName: 'dev', ...more }, by);
    const principal = made.access.resolve(answer.Credentials?.AccessKeyId ?? '', answer.Credentials?.SessionToken)?.principal;
    if (principal?.type !== 'role-session') throw new Error('a session is of its role');
    return { answer, principal };
  };
  return { ...made, caller, RoleArn, assume };
}

const tag = (Key: string, Value: string) => ({ Key, Value });
const team = { Tags: [tag('Team', 'vision')] };
const alice = { SourceIdentity: 'alice' };

it.each([
  ['sts:TagSession', team],
  ['sts:SetSourceIdentity', alice],
])('demands %s of the caller and of the trust policy', (action, more) => {
  const without = everything.filter((one) => one !== action);
  expect(world().assume(more).answer.Credentials).toBeDefined();
  const unallowed = world(without);
  expect(refusalOf(() => unallowed.assume(more)).message).toContain(
    `perform: ${action} on resource: ${unallowed.RoleArn} because no identity-based policy`,
  );
  const untrusted = world(everything, trusting(without));
  expect(refusalOf(() => untrusted.assume(more)).message).toContain(
    `perform: ${action} on resource: ${untrusted.RoleArn} because no role trust policy`,
  );
  expect(untrusted.assume({}).answer.Credentials).toBeDefined();
});

it('shows tags to policies: those of the session hide those of the role', () => {
  const { access, assume, call, clock } = world();
  call(iam.TagRole, { RoleName: 'R', Tags: [tag('team', 'none'), tag('site', 'here')] });
  call(iam.PutRolePolicy, {
    RoleName: 'R',
    PolicyName: 'inline',
    PolicyDocument: allowing('s3:GetObject', { Resource: 'arn:aws:s3:::b/${aws:PrincipalTag/site}/${aws:PrincipalTag/team}/*' }),
  });
  const { principal } = assume(team);
  const verdict = (key: string): string =>
    access.authorise({
      principal,
      arrival: { kind: 'host', sourceIp: '127.0.0.1', secure: false },
      demand: { action: 's3:GetObject', resource: `arn:aws:s3:::b/${key}` },
      now: clock.now(),
    }).verdict;
  expect(verdict('here/vision/k')).toBe('allow');
  expect(verdict('here/none/k')).toBe('deny');
});

it("judges trust by the request's tags, transitive keys and source identity", () => {
  const condition = {
    StringEquals: { 'aws:RequestTag/Team': 'vision', 'sts:SourceIdentity': 'alice' },
    'ForAllValues:StringEquals': { 'aws:TagKeys': ['Team'], 'sts:TransitiveTagKeys': ['Team'] },
  };
  const { assume } = world(everything, trusting(everything, { Condition: condition }));
  expect(assume({ ...team, ...alice, TransitiveTagKeys: ['Team'] }).answer).toMatchObject({ SourceIdentity: 'alice' });
  for (const more of [{ ...team }, { ...alice }, { ...alice, Tags: [tag('Team', 'other')] }, { ...alice, Tags: [...team.Tags, tag('b', 'c')] }]) {
    expect(refusalOf(() => assume(more)).code).toBe('AccessDenied');
  }
});

it('hands transitive tags and the source identity on through a chain', () => {
  const { assume, makeRole } = world();
  const first = assume({ Tags: [tag('Team', 'vision'), tag('own', 'x')], TransitiveTagKeys: ['Team'], ...alice }).principal;
  const second = makeRole('Second', allowing(everything), trusting(everything));
  const { principal, answer } = assume({ Tags: [tag('more', 'y')] }, first, second);
  expect(answer.SourceIdentity).toBe('alice');
  expect(principal).toMatchObject({
    sessionTags: [
      { key: 'more', value: 'y' },
      { key: 'Team', value: 'vision' },
    ],
    transitiveTagKeys: ['Team'],
    sourceIdentity: 'alice',
  });
  const third = assume({}, principal, makeRole('Third', undefined, trusting(everything))).principal;
  expect(third).toMatchObject({ sessionTags: [{ key: 'Team', value: 'vision' }], sourceIdentity: 'alice' });
  expect(refusalOf(() => assume({ SourceIdentity: 'bob' }, first, second)).message).toBe(
    'The source identity of a session cannot be changed once it is set.',
  );
  expect(refusalOf(() => assume({ Tags: [tag('team', 'z')] }, first, second)).message).toContain('conflicts with a transitive tag key');
  // A role of the chain that does not let them in is not assumed without them.
  const closed = makeRole('Closed', undefined, trusting('sts:AssumeRole'));
  expect(refusalOf(() => assume({}, first, closed)).message).toContain('sts:TagSession');
});

it.each([
  [{ Tags: [tag('a', '1'), tag('A', '2')] }, 'InvalidParameterValue', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.'],
  [{ Tags: [tag('aws:a', '1')] }, 'InvalidParameterValue', "Tag keys that begin with 'aws:' are reserved."],
  [{ ...team, TransitiveTagKeys: ['b'] }, 'InvalidParameterValue', 'The specified transitive tag key must be included in the requested tags.'],
])('refuses %o', (more, code, message) => {
  const { assume } = world();
  expect(refusalOf(() => assume(more))).toEqual({ code, status: 400, message });
});

it('says how much of their room policies and tags take, and refuses more', () => {
  const { assume } = world();
  expect(assume({}).answer.PackedPolicySize).toBeUndefined();
  const little = assume({ ...team, Policy: allowing('s3:*') }).answer.PackedPolicySize ?? 0;
  expect(little).toBeGreaterThan(0);
  const random = seededRandom(5);
  const tags = (count: number) => Array.from({ length: count }, (_, index) => tag(`${index}${random.secret(60)}`, random.secret(250)));
  expect(assume({ Tags: tags(4) }).answer.PackedPolicySize).toBeGreaterThan(little);
  expect(refusalOf(() => assume({ Tags: tags(50) }))).toMatchObject({
    code: 'PackedPolicyTooLarge',
    message: expect.stringMatching(/^Packed policy consumes \d+% of/),
  });
  const arns = Array.from({ length: 20 }, () => ({ arn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' }));
  expect(refusalOf(() => assume({ Policy: allowing('s3:*', { Sid: 'a'.repeat(1_500) }), PolicyArns: arns })).code).toBe('ValidationError');
});
