import { documentInForce } from '../../src/access/attachable-policy.ts';
import { managedPolicies } from '../../src/access/managed-policies.ts';
import type { Arrival } from '../../src/model/arrival.ts';
import { compilePolicy } from '../../src/model/policy/compile.ts';
import { requestKeys } from '../../src/model/policy/condition-keys.ts';
import { decide, type PolicySet } from '../../src/model/policy/decide.ts';
import type { Demand, PolicyKind } from '../../src/model/policy/decision.ts';
import type { NamedPolicy } from '../../src/model/policy/evaluate.ts';
import { storedPolicy } from '../../src/model/policy/parse.ts';
import type { Principal } from '../../src/model/policy/principal.ts';
import { assert, present } from '../../src/stdx/assert.ts';
import type { Line, Row } from '../row.ts';

const accountId = '000000000000';
const region = 'us-east-1';
const decisionsPerSecond = 500_000;

/** The policies of a call as they are found in an account, and whether it is allowed. */
interface Question {
  readonly what: string;
  readonly policies: PolicySet;
  readonly principal: Principal;
  readonly arrival: Arrival;
  readonly demand: Demand;
  readonly verdict: 'allow' | 'deny';
}

const named = (name: string, document: string | object, kind: PolicyKind): NamedPolicy => ({
  name,
  compiled: compilePolicy(storedPolicy(typeof document === 'string' ? document : JSON.stringify(document), kind), kind),
});
const documentOf = (...statements: readonly object[]): object => ({ Version: '2012-10-17', Statement: statements });

const root: Principal = { type: 'root', accountId, arn: `arn:aws:iam::${accountId}:root` };
const role: Principal = {
  type: 'role-session',
  accountId,
  arn: `arn:aws:sts::${accountId}:assumed-role/training/SageMaker`,
  roleArn: `arn:aws:iam::${accountId}:role/training`,
  roleId: 'AROAEXAMPLE',
  sessionName: 'SageMaker',
  sessionPolicies: [],
  issuedAt: '2026-01-01T00:00:00.000Z',
};
const viaHost: Arrival = { kind: 'host', sourceIp: '127.0.0.1', secure: true };
const viaEndpoint: Arrival = { kind: 'endpoint', service: 's3', vpcEndpointId: 'vpce-0a', vpcId: 'vpc-0a', sourceIp: '10.0.0.4', secure: true };

const fullAccess = documentInForce(present(managedPolicies.get('arn:aws:iam::aws:policy/AmazonSageMakerFullAccess'), 'the managed policy is there'));
const inline = documentOf(
  { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject', 's3:ListBucket'], Resource: ['arn:aws:s3:::data', 'arn:aws:s3:::data/*'] },
  { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' },
);
const bucketPolicy = documentOf({
  Sid: 'OnlyThroughTheEndpoint',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: ['arn:aws:s3:::data', 'arn:aws:s3:::data/*'],
  Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-0a' } },
});
const endpointPolicy = documentOf({
  Effect: 'Allow',
  Principal: '*',
  Action: ['s3:GetObject', 's3:PutObject', 's3:ListBucket'],
  Resource: ['arn:aws:s3:::data', 'arn:aws:s3:::data/*'],
});

const ofRole: PolicySet = { identity: [named('role/training/inline', inline, 'identity'), named('full', fullAccess, 'identity')], session: [] };
const ofObject: PolicySet = {
  ...ofRole,
  resource: named('arn:aws:s3:::data', bucketPolicy, 'resource'),
  endpoint: named('vpce-0a', endpointPolicy, 'endpoint'),
};
const getObject: Demand = { action: 's3:GetObject', resource: 'arn:aws:s3:::data/train/part-0001.csv' };

const questions: readonly Question[] = [
  {
    what: 'root, no policies',
    policies: { identity: [], session: [] },
    principal: root,
    arrival: viaHost,
    demand: { action: 'ec2:DescribeVpcs', resource: '*' },
    verdict: 'allow',
  },
  {
    what: 'a role with a managed and an inline policy',
    policies: ofRole,
    principal: role,
    arrival: viaHost,
    demand: { action: 'ec2:CreateNetworkInterface', resource: `arn:aws:ec2:${region}:${accountId}:subnet/subnet-0a` },
    verdict: 'allow',
  },
  {
    what: 'the same, GetObject, with bucket and endpoint policies',
    policies: ofObject,
    principal: role,
    arrival: viaEndpoint,
    demand: getObject,
    verdict: 'allow',
  },
  { what: 'the same, refused by the bucket policy', policies: ofObject, principal: role, arrival: viaHost, demand: getObject, verdict: 'deny' },
];

/** The same question, with so many statements more in the role's policies that are about other actions. */
const besideOthers = (count: number): Question => ({
  what: '',
  policies: {
    ...ofRole,
    identity: [
      ...ofRole.identity,
      named(
        'others',
        documentOf(...Array.from({ length: count }, (_, at) => ({ Effect: 'Allow', Action: `ec2:Other${at}`, Resource: '*' }))),
        'identity',
      ),
    ],
  },
  principal: role,
  arrival: viaHost,
  demand: getObject,
  verdict: 'allow',
});
const [few, many] = [besideOthers(10), besideOthers(1_000)];
/** What is about the action decides the price: a hundred times as many others may cost a fifth. */
const slowerAtMost = 0.8;

/** `decide` on compiled documents, with the keys of each request computed anew: what every call costs, in the one thread that judges. */
export const policyDecisions: Row = {
  name: 'policy-decisions',
  programs: {},

  async measure({ quick, rounds }) {
    const forMs = quick ? 20 : 500;
    const figures = questions.map((): number[] => []);
    const ratios: number[] = [];
    for (let round = 0; round < rounds + 1; round += 1) {
      for (const [index, question] of questions.entries()) figures[index]?.push(perSecond(question, forMs));
      ratios.push(perSecond(many, forMs) / perSecond(few, forMs));
    }
    const lines = questions.map(({ what }, index) => line(what, (figures[index] ?? []).slice(1)));
    return await Promise.resolve([...lines, ratioLine(ratios.slice(1))]);
  },
};

function line(what: string, figures: readonly number[]): Line {
  return {
    what: `policy decisions, one core: ${what}`,
    against: '–',
    figures,
    unit: '/s',
    bar: { atLeast: decisionsPerSecond },
    measured: 'decide with the request’s keys',
  };
}

function ratioLine(figures: readonly number[]): Line {
  return {
    what: 'policy decisions, one core: beside 1,000 statements about other actions',
    against: 'beside 10 of them',
    figures,
    unit: '×',
    bar: { atLeast: slowerAtMost },
    measured: 'decisions a second against decisions a second',
  };
}

function perSecond({ policies, principal, arrival, demand, verdict }: Question, forMs: number): number {
  const now = new Date('2026-01-01T00:00:00Z');
  // The time that this thread had a core, not the time that passed.
  const before = process.cpuUsage();
  let count = 0;
  let spentMs = 0;
  do {
    for (let index = 0; index < 1_000; index += 1) {
      const decision = decide(policies, {
        principal,
        action: demand.action,
        resource: demand.resource,
        resourceOwner: accountId,
        requiresResourcePolicy: false,
        keys: requestKeys({ principal, arrival, demand, now, region, accountId }),
      });
      assert(decision.verdict === verdict, `${demand.action} is judged ${verdict}`);
    }
    count += 1_000;
    const { user, system } = process.cpuUsage(before);
    spentMs = (user + system) / 1000;
  } while (spentMs < forMs);
  return (count / spentMs) * 1000;
}
