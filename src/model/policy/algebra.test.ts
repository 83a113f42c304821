import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { compilePolicy } from './compile.ts';
import { requestKeys } from './condition-keys.ts';
import { decide, type DecisionRequest } from './decide.ts';
import type { Decision, PolicyKind } from './decision.ts';
import { printPolicy, type Policy, type Statement } from './document.ts';
import type { NamedPolicy } from './evaluate.ts';
import { parsePolicy } from './parse.ts';
import type { Principal } from './principal.ts';

const account = '123456789012';
const caller: Principal = {
  type: 'role-session',
  accountId: account,
  arn: `arn:aws:sts::${account}:assumed-role/R/s`,
  roleArn: `arn:aws:iam::${account}:role/R`,
  roleId: 'AROAEXAMPLE0001',
  sessionName: 's',
  sessionPolicies: [],
};

const effect = fc.constantFrom<'Allow' | 'Deny'>('Allow', 'Deny');
const listed = (...patterns: readonly string[]) =>
  fc.record({ negated: fc.boolean(), patterns: fc.uniqueArray(fc.constantFrom(...patterns), { minLength: 1, maxLength: 3 }) });
const action = listed('*', 's3:*', 's3:Get*', 's3:GetObject', 'S3:PUTOBJECT', 'iam:PassRole');
const resource = listed('*', 'arn:aws:s3:::b/*', 'arn:aws:s3:::b/${aws:username}', 'arn:aws:s3:::*', 'arn:aws:s3:::c/k');
const condition = fc.record({
  operator: fc.constantFrom('StringEquals', 'StringNotEquals', 'StringLikeIfExists', 'ForAllValues:StringLike', 'ForAnyValue:StringNotLike'),
  key: fc.constantFrom('aws:SourceVpce', 's3:prefix', 'aws:PrincipalAccount'),
  values: fc.array(fc.constantFrom('vpce-1', 'home/*', account, '${s3:prefix}'), { minLength: 1, maxLength: 2 }),
});
const conditions = fc.uniqueArray(condition, { maxLength: 2, selector: ({ operator, key }) => `${operator}/${key}` });
const sid = fc.option(fc.stringMatching(/^[A-Za-z0-9]{1,8}$/), { nil: undefined });
const members = fc.constantFrom<NonNullable<Statement['principal']>['members']>(
  { AWS: ['*'] },
  { AWS: [account] },
  { AWS: [`arn:aws:iam::${account}:role/R`], Service: ['sagemaker.amazonaws.com'] },
  { Service: ['sagemaker.amazonaws.com'] },
);
const principal = fc.record({ negated: fc.boolean(), members });

const withoutUndefined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
const identityStatement = fc.record({ sid, effect, action, resource, conditions }).map(withoutUndefined) as fc.Arbitrary<Statement>;
const resourceStatement = fc.record({ sid, effect, principal, action, resource, conditions }).map(withoutUndefined) as fc.Arbitrary<Statement>;
const policyOf = (statement: fc.Arbitrary<Statement>): fc.Arbitrary<Policy> =>
  fc.record({
    version: fc.constantFrom<Policy['version']>('2008-10-17', '2012-10-17'),
    statements: fc.uniqueArray(statement, { minLength: 1, maxLength: 4, selector: ({ sid }) => sid ?? {} }),
  });

const request = fc.record({
  action: fc.constantFrom('s3:GetObject', 's3:PutObject', 's3:ListBucket', 'iam:PassRole'),
  resource: fc.constantFrom('*', 'arn:aws:s3:::b/k', 'arn:aws:s3:::c/k', 'arn:aws:s3:::b'),
  prefix: fc.constantFrom<readonly string[] | 'unknown' | undefined>(undefined, 'unknown', ['home/a'], ['x', 'home/b']),
  viaEndpoint: fc.boolean(),
  owner: fc.constantFrom(account, '999999999999'),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

const namedAs =
  (kind: PolicyKind) =>
  (policy: Policy): NamedPolicy => ({ name: kind, compiled: compilePolicy(policy, kind) });

function questionOf({ action, resource, prefix, viaEndpoint, owner }: Request): DecisionRequest {
  const arrival = viaEndpoint
    ? { kind: 'endpoint' as const, service: 's3' as const, vpcEndpointId: 'vpce-1', vpcId: 'vpc-1', sourceIp: '10.0.0.1', secure: true }
    : { kind: 'host' as const, sourceIp: '127.0.0.1', secure: false };
  const demand = { action, resource, resourceOwner: owner, ...(prefix === undefined ? {} : { context: { 's3:prefix': prefix } }) };
  return {
    principal: caller,
    action,
    resource,
    resourceOwner: owner,
    requiresResourcePolicy: false,
    keys: requestKeys({ principal: caller, arrival, demand, now: new Date(0), region: 'us-west-2', accountId: account }),
  };
}

function judge(identity: Policy, resourcePolicy: Policy, asked: Request): Decision {
  return decide({ identity: [namedAs('identity')(identity)], session: [], resource: namedAs('resource')(resourcePolicy) }, questionOf(asked));
}

const identityPolicy = policyOf(identityStatement);
const resourcePolicy = policyOf(resourceStatement);
/** From the command line, to replay a failure: `POLICY_SEED=… vitest run --project unit src/model/policy`; `POLICY_RUNS=…` for more. */
const seed = Number(process.env['POLICY_SEED'] ?? Math.floor(performance.timeOrigin + performance.now()) % 2 ** 31);
const runs = { seed, numRuns: Number(process.env['POLICY_RUNS'] ?? 500) };
vi.setConfig({ testTimeout: 20_000 + runs.numRuns * 20 });
const rank = { deny: 0, unknown: 1, allow: 2 } as const;

it(`adding a Deny never allows (seed ${seed})`, () => {
  fc.assert(
    fc.property(identityPolicy, resourcePolicy, identityStatement, request, (identity, resourcePolicy, added, asked) => {
      const more = { ...identity, statements: [...identity.statements, { ...added, effect: 'Deny' as const }] };
      expect(rank[judge(more, resourcePolicy, asked).verdict]).toBeLessThanOrEqual(rank[judge(identity, resourcePolicy, asked).verdict]);
    }),
    runs,
  );
});

it(`adding an Allow never denies (seed ${seed})`, () => {
  fc.assert(
    fc.property(identityPolicy, resourcePolicy, resourceStatement, request, (identity, resourcePolicy, added, asked) => {
      const more = { ...resourcePolicy, statements: [...resourcePolicy.statements, { ...added, effect: 'Allow' as const }] };
      expect(rank[judge(identity, more, asked).verdict]).toBeGreaterThanOrEqual(rank[judge(identity, resourcePolicy, asked).verdict]);
    }),
    runs,
  );
});

it(`the order of statements never matters (seed ${seed})`, () => {
  fc.assert(
    fc.property(identityPolicy, resourcePolicy, request, (identity, resourcePolicy, asked) => {
      const reversed = judge(
        { ...identity, statements: identity.statements.toReversed() },
        { ...resourcePolicy, statements: resourcePolicy.statements.toReversed() },
        asked,
      );
      const { verdict, missing } = judge(identity, resourcePolicy, asked);
      expect(reversed).toMatchObject(missing === undefined ? { verdict } : { verdict, missing });
    }),
    runs,
  );
});

it(`the order of policies never matters (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.array(identityPolicy, { maxLength: 3 }), fc.array(identityPolicy, { maxLength: 3 }), request, (identity, session, asked) => {
      const judged = (of: <T>(list: readonly T[]) => readonly T[]): Decision =>
        decide({ identity: of(identity.map(namedAs('identity'))), session: of(session.map(namedAs('session'))) }, questionOf(asked));
      const [forth, back] = [judged((list) => list), judged((list) => list.toReversed())];
      expect([back.verdict, back.missing, back.determining.length]).toEqual([forth.verdict, forth.missing, forth.determining.length]);
    }),
    runs,
  );
});

it(`a statement that is not about the action changes nothing (seed ${seed})`, () => {
  const foreign = fc.constantFrom({ negated: false, patterns: ['sns:*', 'S3:Restore*'] }, { negated: true, patterns: ['s3:*', 'iam:*'] });
  fc.assert(
    fc.property(
      identityPolicy,
      resourcePolicy,
      identityStatement,
      resourceStatement,
      foreign,
      request,
      (identity, resourcePolicy, a, b, action, asked) => {
        const more = judge(
          { ...identity, statements: [...identity.statements, { ...a, action }] },
          { ...resourcePolicy, statements: [...resourcePolicy.statements, { ...b, action }] },
          asked,
        );
        expect(more).toEqual(judge(identity, resourcePolicy, asked));
      },
    ),
    runs,
  );
});

it(`an endpoint policy and a boundary only take away (seed ${seed})`, () => {
  fc.assert(
    fc.property(identityPolicy, resourcePolicy, identityPolicy, request, (identity, endpoint, boundary, asked) => {
      const set = { identity: [namedAs('identity')(identity)], session: [] };
      const before = rank[decide(set, questionOf(asked)).verdict];
      const limited = { ...set, endpoint: namedAs('endpoint')(endpoint), boundary: namedAs('boundary')(boundary) };
      expect(rank[decide(limited, questionOf(asked)).verdict]).toBeLessThanOrEqual(before);
    }),
    runs,
  );
});

it(`an unknown key is at most as certain as any value of it (seed ${seed})`, () => {
  const values = fc.constantFrom<readonly string[] | undefined>(undefined, ['home/a'], ['x', 'home/b'], ['vpce-1']);
  fc.assert(
    fc.property(identityPolicy, resourcePolicy, request, values, (identity, resourcePolicy, asked, prefix) => {
      const before = judge(identity, resourcePolicy, { ...asked, prefix: 'unknown' }).verdict;
      const after = judge(identity, resourcePolicy, { ...asked, prefix }).verdict;
      expect([after, 'unknown']).toContain(before);
    }),
    runs,
  );
});

it(`printing and parsing is the identity (seed ${seed})`, () => {
  fc.assert(
    fc.property(identityPolicy, resourcePolicy, (identity, resourcePolicy) => {
      expect(parsePolicy(printPolicy(identity), 'identity').policy).toEqual(identity);
      expect(parsePolicy(printPolicy(resourcePolicy), 'resource').policy).toEqual(resourcePolicy);
    }),
    runs,
  );
});

it(`a decision is explained: denied by statements or by a missing policy (seed ${seed})`, () => {
  fc.assert(
    fc.property(identityPolicy, resourcePolicy, request, (identity, resourcePolicy, asked) => {
      const { verdict, missing, determining, message } = judge(identity, resourcePolicy, asked);
      expect(message === '').toBe(verdict === 'allow');
      expect(determining.length > 0).toBe(missing === undefined);
    }),
    runs,
  );
});
