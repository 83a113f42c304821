import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Arrival } from '../arrival.ts';
import { compilePolicy } from './compile.ts';
import { requestKeys } from './condition-keys.ts';
import { decide } from './decide.ts';
import type { ConditionContext, Decision, PolicyKind } from './decision.ts';
import type { NamedPolicy } from './evaluate.ts';
import { parsePolicy, problemText } from './parse.ts';
import type { Principal } from './principal.ts';
import type { RequestMarks } from './request-marks.ts';

const account = '123456789012';
const other = '999999999999';

const roleSession: Principal = {
  type: 'role-session',
  accountId: account,
  arn: `arn:aws:sts::${account}:assumed-role/Training/job`,
  roleArn: `arn:aws:iam::${account}:role/Training`,
  roleId: 'AROAEXAMPLETRAINING01',
  sessionName: 'job',
  sessionPolicies: [],
  issuedAt: '2026-11-01T11:00:00Z',
};

/** The callers that cases name. */
const principals: Readonly<Record<string, Principal>> = {
  role: roleSession,
  taggedSession: {
    ...roleSession,
    sessionTags: [
      { key: 'Team', value: 'audio' },
      { key: 'project', value: 'p1' },
    ],
    sourceIdentity: 'alice',
  },
  foreignRole: { ...roleSession, accountId: other, arn: `arn:aws:sts::${other}:assumed-role/Theirs/s`, roleArn: `arn:aws:iam::${other}:role/Theirs` },
  user: { type: 'user', accountId: account, arn: `arn:aws:iam::${account}:user/alice`, userId: 'AIDAEXAMPLEALICE00001', userName: 'alice' },
  foreignUser: { type: 'user', accountId: other, arn: `arn:aws:iam::${other}:user/bob`, userId: 'AIDAEXAMPLEBOB0000001', userName: 'bob' },
  root: { type: 'root', accountId: account, arn: `arn:aws:iam::${account}:root` },
  delivery: { type: 'service', service: 'delivery.logs.amazonaws.com' },
  sagemaker: { type: 'service', service: 'sagemaker.amazonaws.com' },
  foreignRoot: { type: 'root', accountId: other, arn: `arn:aws:iam::${other}:root` },
  anonymous: { type: 'anonymous' },
};

const endpoint: Arrival = {
  kind: 'endpoint',
  service: 's3',
  vpcEndpointId: 'vpce-01234567890123456',
  vpcId: 'vpc-0123456789abcdef0',
  sourceIp: '10.0.1.5',
  secure: true,
};

/** The ways of arriving that cases name. */
const arrivals: Readonly<Record<string, Arrival>> = {
  host: { kind: 'host', sourceIp: '127.0.0.1', secure: false },
  edge: { kind: 'edge', service: 's3', sourceIp: '203.0.113.9', secure: true },
  edge6: { kind: 'edge', service: 's3', sourceIp: '2001:db8:1234:5678::9', secure: true },
  endpoint,
  otherEndpoint: { ...endpoint, vpcEndpointId: 'vpce-0aaaaaaaaaaaaaaaa', vpcId: 'vpc-0aaaaaaaaaaaaaaaa' },
  plainEndpoint: { ...endpoint, secure: false },
  service: { kind: 'service', servicePrincipal: 'sagemaker.amazonaws.com' },
};

const now = '2026-11-01T12:00:00Z';
const ageOf = (minutes: number): number => new Date(now).getTime() - minutes * 60_000;
const marks: RequestMarks = { userAgent: 'aws-cli/2.15', referer: 'https://example.com/page', tlsVersion: '1.3', contentSha256: 'UNSIGNED-PAYLOAD' };

/** What requests that cases name say of themselves. */
const requests: Readonly<Record<string, RequestMarks>> = {
  signed: { ...marks, signature: { type: 'REST-HEADER', version: 'AWS4-HMAC-SHA256', signedAtMs: ageOf(1) } },
  presigned: { signature: { type: 'REST-QUERY-STRING', version: 'AWS4-HMAC-SHA256', signedAtMs: ageOf(30) } },
  presignedV2: { ...marks, tlsVersion: '1.2', signature: { type: 'REST-QUERY-STRING', version: 'AWS' } },
  unsigned: {},
};

interface Case {
  readonly name: string;
  readonly principal: string;
  readonly arrival?: string;
  readonly action: string;
  readonly resource: string;
  readonly resourceOwner?: string;
  readonly context?: ConditionContext;
  readonly now?: string;
  readonly request?: string;
  /** Names of documents by kind. */
  readonly policies: Readonly<Partial<Record<PolicyKind, string | readonly string[]>>>;
  readonly expect: {
    readonly verdict: Decision['verdict'];
    /** The end of the message: everything after the resource. */
    readonly reason?: string;
    readonly message?: string;
    readonly missing?: PolicyKind;
    /** `kind/document#sid-or-index` */
    readonly determining?: readonly string[];
  };
}

interface CorpusFile {
  readonly about: string;
  /** Policy documents by name; a text where the exact characters matter. */
  readonly documents: Readonly<Record<string, object | string>>;
  /** Documents as a guide prints them, to the letter; the document of the same name is what cases use. */
  readonly verbatim?: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
  readonly problems?: readonly { readonly name: string; readonly kind: PolicyKind; readonly document: object | string; readonly problem: string }[];
}

const textOf = (document: object | string): string => (typeof document === 'string' ? document : JSON.stringify(document));

function named({ documents }: CorpusFile, kind: PolicyKind, names: string | readonly string[] | undefined): NamedPolicy[] {
  const list = names === undefined ? [] : typeof names === 'string' ? [names] : names;
  return list.map((name) => {
    const document = documents[name];
    if (document === undefined) throw new Error(`no document ${name}`);
    const { policy, problem } = parsePolicy(textOf(document), kind);
    if (policy === undefined) throw new Error(`${name}: ${problemText(problem)}`);
    return { name, compiled: compilePolicy(policy, kind) };
  });
}

function judge(
  file: CorpusFile,
  { principal, arrival = 'host', action, resource, resourceOwner = account, context, now: at, request, policies }: Case,
): Decision {
  const caller = principals[principal];
  const arrived = arrivals[arrival];
  if (caller === undefined || arrived === undefined) throw new Error(`no principal ${principal} or arrival ${arrival}`);
  const [endpointPolicy] = named(file, 'endpoint', policies.endpoint);
  const [boundary] = named(file, 'boundary', policies.boundary);
  const [resourcePolicy] = [...named(file, 'resource', policies.resource), ...named(file, 'trust', policies.trust)];
  const demand = { action, resource, resourceOwner, ...(context === undefined ? {} : { context }) };
  return decide(
    {
      identity: named(file, 'identity', policies.identity),
      session: named(file, 'session', policies.session),
      ...(boundary === undefined ? {} : { boundary }),
      ...(resourcePolicy === undefined ? {} : { resource: resourcePolicy }),
      ...(endpointPolicy === undefined ? {} : { endpoint: endpointPolicy }),
    },
    {
      principal: caller,
      action,
      resource,
      resourceOwner,
      requiresResourcePolicy: action === 'sts:AssumeRole',
      keys: requestKeys({
        principal: caller,
        arrival: arrived,
        demand,
        now: new Date(at ?? now),
        request: request === undefined ? undefined : requests[request],
        region: 'us-west-2',
        accountId: account,
        principalTags: () => new Map([['team', 'vision']]),
      }),
    },
  );
}

it('every policy that the two guides print is in the corpus', () => {
  const printed = (path: string): string[] => Object.keys((JSON.parse(readFileSync(path, 'utf8')) as CorpusFile).verbatim ?? {});
  expect(printed('test/corpus/policy/training-document.json')).toEqual(['sampleEndpointPolicy', 'denyAmazonLinux', 'denyAmazonLinux2']);
  expect(printed('test/corpus/policy/compilation-document.json')).toEqual(['samplePolicy', 'elevenActions']);
});

describe.each(globSync('test/corpus/policy/*.json').toSorted())('%s', (path) => {
  const file = JSON.parse(readFileSync(path, 'utf8')) as CorpusFile;

  it.each(file.cases)('$name', (entry) => {
    const { verdict, message, missing, determining } = judge(file, entry);
    const seen = {
      verdict,
      message,
      missing,
      reason: message.endsWith(` ${entry.expect.reason}`) ? entry.expect.reason : message,
      determining: determining.map(({ kind, policy, sid, index }) => `${kind}/${policy}#${sid ?? index}`),
    };
    expect(seen).toMatchObject({ ...(verdict === 'allow' ? { message: '' } : {}), ...entry.expect });
  });

  const verbatim = Object.entries(file.verbatim ?? {});
  it.runIf(verbatim.length > 0).each(verbatim)('%s is what the guide prints', (name, printed) => {
    expect(JSON.parse(printed)).toEqual(file.documents[name]);
    expect(file.cases.some(({ policies }) => Object.values(policies).flat().includes(name))).toBe(true);
  });

  const problems = file.problems ?? [];
  it.runIf(problems.length > 0).each(problems)('$name', ({ kind, document, problem }) => {
    const parsed = parsePolicy(textOf(document), kind);
    expect(parsed.problem === undefined ? 'no problem' : problemText(parsed.problem)).toBe(problem);
  });
});
