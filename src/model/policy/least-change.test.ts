import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Arrival } from '../arrival.ts';
import type { PolicyKind } from './decision.ts';
import { explain } from './explain.ts';
import { leastChange } from './least-change.ts';
import type { PolicyEdit } from './policy-edit.ts';
import type { Principal } from './principal.ts';
import { decideCase, type PolicyText, type RefusedCase } from './refused-case.ts';

const account = '123456789012';
const stranger = '999999999999';
const roleArn = `arn:aws:iam::${account}:role/p/R`;
const session: Principal = {
  type: 'role-session',
  accountId: account,
  arn: `arn:aws:sts::${account}:assumed-role/R/s`,
  roleArn,
  roleId: 'AROAEXAMPLE0001',
  sessionName: 's',
  sessionPolicies: [],
};
const user: Principal = { type: 'user', accountId: account, arn: `arn:aws:iam::${account}:user/u`, userId: 'AIDAEXAMPLE0001', userName: 'u' };
const root: Principal = { type: 'root', accountId: account, arn: `arn:aws:iam::${account}:root` };
const principals: readonly Principal[] = [session, user, root, { type: 'service', service: 'sagemaker.amazonaws.com' }, { type: 'anonymous' }];
const host: Arrival = { kind: 'host', sourceIp: '127.0.0.1', secure: false };
const endpoint: Arrival = { kind: 'endpoint', service: 's3', vpcEndpointId: 'vpce-1', vpcId: 'vpc-1', sourceIp: '10.0.0.1', secure: true };

const resources = ['arn:aws:s3:::b/k', 'arn:aws:s3:::b/odd*${aws:username}?', 'arn:aws:s3:::b'];
const list = (...values: readonly string[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
const action = fc.record({ name: fc.constantFrom('Action', 'NotAction'), values: list('s3:*', 's3:Get*', 's3:GetObject', 's3:PutObject') });
const resource = fc.record({
  name: fc.constantFrom('Resource', 'NotResource'),
  values: list('arn:aws:s3:::b/*', 'arn:aws:s3:::b/k', 'arn:aws:s3:::b', 'arn:aws:s3:::c/*'),
});
const condition = fc.record({
  operator: fc.constantFrom('StringEquals', 'StringNotEquals', 'StringLike', 'StringNotEqualsIfExists', 'ForAnyValue:StringNotLike', 'ArnNotEquals'),
  key: fc.constantFrom('aws:SourceVpce', 's3:prefix', 'aws:PrincipalArn', 'aws:SourceVpc'),
  values: list('vpce-1', 'vpce-2', 'home/*', roleArn, 'vpc-1'),
});
const effect = fc.constantFrom('Allow', 'Deny');
const principal = fc.constantFrom<unknown>('*', { AWS: account }, { AWS: roleArn }, { AWS: session.arn }, { Service: 'sagemaker.amazonaws.com' });

function statement(kind: PolicyKind) {
  const named = kind === 'resource' || kind === 'endpoint';
  return fc
    .tuple(effect, action, resource, fc.array(condition, { maxLength: 2 }), principal, fc.boolean())
    .map(([Effect, acted, on, conditions, whom, negated]) => {
      const Condition: Record<string, Record<string, readonly string[]>> = {};
      for (const { operator, key, values } of conditions) (Condition[operator] ??= {})[key] = values;
      const who = named ? { [negated ? 'NotPrincipal' : 'Principal']: whom } : {};
      return { Effect, ...who, [acted.name]: acted.values, [on.name]: on.values, Condition };
    });
}

const document = (kind: PolicyKind, name: string): fc.Arbitrary<PolicyText> =>
  fc
    .record({ Version: fc.constantFrom('2008-10-17', '2012-10-17'), Statement: fc.array(statement(kind), { minLength: 1, maxLength: 3 }) })
    .map((policy) => ({ kind, name, text: JSON.stringify(policy) }));
const some = (kind: PolicyKind, name: string, maxLength: number) => fc.array(document(kind, name), { maxLength });

const asked: fc.Arbitrary<RefusedCase> = fc
  .record({
    principal: fc.constantFrom(...principals),
    arrival: fc.constantFrom(host, endpoint),
    action: fc.constantFrom('s3:GetObject', 's3:PutObject', 's3:ListBucket'),
    resource: fc.constantFrom(...resources),
    owner: fc.constantFrom(account, account, stranger),
    prefix: fc.constantFrom<readonly string[] | 'unknown' | undefined>(undefined, ['home/a'], ['x', 'home/b'], 'unknown'),
    identity: some('identity', 'role/R/inline', 1),
    bucket: some('resource', 'arn:aws:s3:::b', 1),
    boundary: some('boundary', `arn:aws:iam::${account}:policy/limits`, 1),
    session: some('session', 'session/0', 1),
    endpoint: document('endpoint', 'vpce-1'),
  })
  .map(({ principal, arrival, action, resource, owner, prefix, identity, bucket, boundary, session, endpoint: ofEndpoint }) => ({
    principal,
    arrival,
    demand: { action, resource, resourceOwner: owner, ...(prefix === undefined ? {} : { context: { 's3:prefix': prefix } }) },
    resourceOwner: owner,
    requiresResourcePolicy: false,
    time: '2026-11-01T12:00:00.000Z',
    region: 'us-west-2',
    accountId: account,
    principalTags: {},
    policies: [...(arrival.kind === 'endpoint' ? [ofEndpoint] : []), ...bucket, ...identity, ...boundary, ...session],
  }));

/** As a reader would: by the printed statement, into the document it names. */
function edited(refused: RefusedCase, { kind, policy: name, index, statement: changed }: PolicyEdit): RefusedCase {
  const before = refused.policies.find((policy) => policy.kind === kind && policy.name === name);
  const parsed = JSON.parse(before?.text ?? '{"Version":"2012-10-17","Statement":[]}') as { Statement: unknown[] };
  parsed.Statement[Math.min(index, parsed.Statement.length)] = changed;
  const after = { kind, name, text: JSON.stringify(parsed) };
  return {
    ...refused,
    policies: before === undefined ? [...refused.policies, after] : refused.policies.map((policy) => (policy === before ? after : policy)),
  };
}

/** From the command line, to replay a failure: `POLICY_SEED=… vitest run --project unit src/model/policy`. */
const seed = Number(process.env['POLICY_SEED'] ?? Math.floor(performance.timeOrigin + performance.now()) % 2 ** 31);

it(`with all edits of the least change the request is allowed, and with all but any one it is not (seed ${seed})`, () => {
  let [single, several] = [0, 0];
  fc.assert(
    fc.property(asked, (refused) => {
      fc.pre(decideCase(refused).verdict !== 'allow');
      const { edits, obstacle } = leastChange(refused);
      expect(obstacle).toBeUndefined();
      expect(decideCase(edits.reduce(edited, refused)).verdict).toBe('allow');
      if (edits.length === 1) single += 1;
      else several += 1;
      for (const left of edits) {
        const others = edits.filter((edit) => edit !== left);
        expect(decideCase(others.reduce(edited, refused)).verdict).not.toBe('allow');
      }
    }),
    { seed, numRuns: 300 },
  );
  expect(single).toBeGreaterThan(0);
  expect(several).toBeGreaterThan(0);
});

it(`an explanation has every document in it, agrees with the decision, and quotes what decided (seed ${seed})`, () => {
  fc.assert(
    fc.property(asked, (refused) => {
      const { decision, chain, decided } = explain(refused);
      for (const { kind, name } of refused.policies) expect(chain.some((link) => link.kind === kind && link.name === name)).toBe(true);
      const denies = chain.some(({ says }) => says === 'denies');
      const denied = decided.some(({ effect }) => effect === 'Deny') && decision.verdict === 'deny';
      expect(denies).toBe(denied);
      expect(decided.length).toBe(decision.determining.length);
      for (const { statement: whole, effect: named } of decided) expect(whole).toMatchObject({ Effect: named });
      const inexplicable = chain.filter(({ says, nearest }) => says === 'is silent' && nearest?.differs.length === 0);
      expect(inexplicable).toEqual([]);
    }),
    { seed, numRuns: 200 },
  );
});
