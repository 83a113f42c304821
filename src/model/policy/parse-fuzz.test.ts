import { globSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { expect, it, vi } from 'vitest';
import { seededRandom } from '../../stdx/random.ts';
import { compilePolicy } from './compile.ts';
import { requestKeys } from './condition-keys.ts';
import { decide } from './decide.ts';
import type { PolicyKind } from './decision.ts';
import { printPolicy } from './document.ts';
import { parsePolicy } from './parse.ts';

/** `POLICY_SEED=… POLICY_RUNS=… vitest run --project unit src/model/policy/parse-fuzz` replays a run; the soak makes longer ones. */
const seed = Number(process.env['POLICY_SEED'] ?? Math.floor(performance.timeOrigin + performance.now()) % 2 ** 31);
const runs = Number(process.env['POLICY_RUNS'] ?? 500) * 6;

vi.setConfig({ testTimeout: 20_000 + runs * 20 });

interface Random {
  readonly below: (count: number) => number;
}

const kinds: readonly PolicyKind[] = ['identity', 'resource', 'endpoint', 'session', 'boundary', 'trust'];
/** Documents of the corpus, good and bad: what mutations begin with. */
const corpus = globSync('test/corpus/policy/*.json')
  .toSorted()
  .flatMap((path) => {
    const { documents, problems = [] } = JSON.parse(readFileSync(path, 'utf8')) as {
      documents: Record<string, unknown>;
      problems?: readonly { document: unknown }[];
    };
    return [...Object.values(documents), ...problems.map(({ document }) => document)];
  })
  .map((document) => (typeof document === 'string' ? document : JSON.stringify(document)));

const pick = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)] as T;

const leaves: readonly unknown[] = (
  [null, true, 0, -1, 1e300, [], {}, [[]], { AWS: '*' }, { '': '' }, '', 'a'.repeat(5_000), '*'.repeat(300), ':'.repeat(300)] as unknown[]
).concat(
  "* ${ ${*} ${aws:username ${a:b,'c'} s3:* arn:aws:s3:::* arn::::: 2012-10-17 __proto__ constructor \u0000 \ud800 10.0.0.0/8 ::/0 2026-02-30 1e5".split(
    ' ',
  ),
  'ForAllValues:StringLike',
  'NullIfExists',
);
const names =
  'Version Id Statement Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition AWS Service Federated CanonicalUser StringEquals ForAnyValue:ArnLike IpAddressIfExists Null aws:SourceIp __proto__'.split(
    ' ',
  );

/** One thing of the document is another: a value, a name, a member more or less. */
function mutated(value: unknown, random: Random): unknown {
  if (random.below(4) === 0 || typeof value !== 'object' || value === null) return pick(random, leaves);
  if (Array.isArray(value)) {
    if (value.length === 0) return [pick(random, leaves)];
    const at = random.below(value.length);
    if (random.below(5) === 0) return [...value, value[at]];
    return value.map((item: unknown, index) => (index === at ? mutated(item, random) : item));
  }
  const entries = Object.entries(value);
  if (entries.length === 0 || random.below(6) === 0) return Object.fromEntries([...entries, [pick(random, names), pick(random, leaves)]]);
  const at = random.below(entries.length);
  if (random.below(8) === 0) return Object.fromEntries(entries.filter((_, index) => index !== at));
  if (random.below(8) === 0) return Object.fromEntries(entries.map(([name, member], index) => [index === at ? pick(random, names) : name, member]));
  return Object.fromEntries(entries.map(([name, member], index) => [name, index === at ? mutated(member, random) : member]));
}

const characters = '{ } [ ] " : , \\ * $ 0 \u0000 \u2028 \ud800'.split(' ');

/** The text itself is damaged: cut, doubled, or another character somewhere. */
function damaged(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const to = at + random.below(text.length - at + 1);
  switch (random.below(4)) {
    case 0:
      return text.slice(0, at) + text.slice(to);
    case 1:
      return text.slice(0, to) + text.slice(at);
    case 2:
      return text.slice(0, at) + pick(random, characters) + text.slice(at + 1);
    default:
      return text.replaceAll(pick(random, ['"', ':', 'Allow', 's3', '[']), pick(random, ['', '"', '*', '\\u0041', '{']));
  }
}

function documentFrom(random: Random): string {
  let text = pick(random, corpus);
  for (let left = random.below(4); left >= 0; left -= 1) {
    try {
      text = random.below(4) === 0 ? damaged(text, random) : JSON.stringify(mutated(JSON.parse(text), random));
    } catch {
      return text;
    }
  }
  return text;
}

const keys = () =>
  requestKeys({
    principal: { type: 'anonymous' },
    arrival: { kind: 'edge', service: 's3', sourceIp: '203.0.113.9', secure: true },
    demand: { action: 's3:GetObject', resource: 'arn:aws:s3:::b/k' },
    now: new Date(0),
    region: 'us-west-2',
    accountId: '123456789012',
  });

interface Reading {
  readonly accepted: boolean;
  /** What should not be. */
  readonly fault?: string;
}

/** The document itself, or an element of it. */
const place = /^(?:$|(?:Version|Id|Statement)(?:$|[.[])|[^.]*$)/;

function read(text: string, kind: PolicyKind): Reading {
  const { policy, problem } = parsePolicy(text, kind);
  if (policy === undefined) {
    const isNamed = problem.reason !== '' && place.test(problem.place);
    return isNamed ? { accepted: false } : { accepted: false, fault: `${text} is refused without a place: ${JSON.stringify(problem)}` };
  }
  if (!isDeepStrictEqual(parsePolicy(printPolicy(policy), kind).policy, policy)) return { accepted: true, fault: `${text} prints as another policy` };
  const resource = { name: 'fuzz', compiled: compilePolicy(policy, kind) };
  const request = {
    principal: { type: 'anonymous' },
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::b/k',
    resourceOwner: '123456789012',
    requiresResourcePolicy: false,
    keys: keys(),
  } as const;
  const { verdict } = decide({ identity: [], session: [], resource }, request);
  return verdict === 'unknown' ? { accepted: true, fault: `${text} is not decided, although every key is known` } : { accepted: true };
}

it(`whatever is given for a policy is refused with a place, or is a policy to the end (seed ${seed})`, () => {
  const source = seededRandom(seed);
  const random: Random = { below: (count) => Number.parseInt(source.hex(8), 16) % count };
  const readings = Array.from({ length: runs }, () => read(documentFrom(random), pick(random, kinds)));
  expect(readings.flatMap(({ fault }) => fault ?? [])).toEqual([]);
  // Were nothing accepted, nothing would have been compiled.
  expect(readings.filter(({ accepted }) => accepted).length).toBeGreaterThan(0);
});
