import type { NftChain, NftObject, NftSet, Ruleset } from '../../../model/network/plan.ts';
import { printRuleset } from '../../../model/network/ruleset-text.ts';

/** The transactions of nft that bring a router to its rules. Each is all or nothing. Pure. */

export type NftName = Pick<NftObject, 'kind' | 'name'>;
type NftMap = Extract<NftObject, { kind: 'map' }>;

const kindOrder = ['map', 'set', 'chain', 'counter'] as const;

/**
 * Leaves exactly the plan's rules, whatever was there. Base chains stay hooked; counters and the sets of dropped packets
 * keep what they counted.
 */
export function wholeTransaction(ruleset: Ruleset, found: readonly NftName[]): string {
  const { table, objects } = ruleset;
  const lasting = new Set(objects.filter(outlivesReplacement).map(keyOf));
  const stale = kindOrder.flatMap((kind) =>
    found.filter((object) => object.kind === kind && !lasting.has(keyOf(object))).map(({ name }) => `delete ${kind} ip ${table} ${name}`),
  );
  return [`table ip ${table}`, `flush table ip ${table}`, ...stale, printRuleset(ruleset)].join('\n');
}

const keyOf = ({ kind, name }: NftName): string => `${kind} ${name}`;

function outlivesReplacement(object: NftObject): boolean {
  return object.kind === 'counter' || (object.kind === 'set' && object.lasting === true) || (object.kind === 'chain' && object.hook !== undefined);
}

/**
 * What is between two rulesets: one interface more is a few lines, however many there are. Undefined when something changed
 * that only `wholeTransaction` changes: a set's type, a base chain's hook, another address family.
 */
export function changeTransaction(before: Ruleset, after: Ruleset): string | undefined {
  const old = new Map(before.objects.map((object) => [keyOf(object), object]));
  const kept = new Set(after.objects.map(keyOf));
  if (before.table !== after.table || before.otherFamilies !== after.otherFamilies) return undefined;
  if (after.objects.some((object) => isOfAnotherMake(old.get(keyOf(object)), object))) return undefined;
  const gone = before.objects.filter((object) => !kept.has(keyOf(object)));
  const { table } = after;
  const line = (verb: string, object: NftName, rest = ''): string => `${verb} ${object.kind} ip ${table} ${object.name}${rest}`;
  const made = after.objects.filter((object) => !old.has(keyOf(object)));
  const pairs = after.objects.map((object) => [old.get(keyOf(object)), object] as const);
  return [
    // Names first: what follows may speak of any of them.
    ...made.map((object) => line('add', object, makeOf(object))),
    ...pairs.flatMap(([was, is]) => (is.kind === 'set' ? setChanges(table, was as NftSet | undefined, is) : [])),
    ...pairs.flatMap(([was, is]) => (is.kind === 'chain' ? chainChanges(table, was as NftChain | undefined, is) : [])),
    ...pairs.flatMap(([was, is]) => (is.kind === 'map' ? mapChanges(table, was as NftMap | undefined, is) : [])),
    // A chain that is spoken of cannot go; after this nobody speaks of those that do.
    ...gone.flatMap((object) => (object.kind === 'chain' ? [`flush chain ip ${table} ${object.name}`] : [])),
    ...kindOrder.flatMap((kind) => gone.filter((object) => object.kind === kind).map((object) => line('delete', object))),
  ].join('\n');
}

const specificationOf = (object: NftObject): string => {
  if (object.kind === 'chain') return object.hook ?? '';
  return object.kind === 'counter' ? '' : object.specification.join('; ');
};

const isOfAnotherMake = (before: NftObject | undefined, after: NftObject): boolean =>
  before !== undefined && specificationOf(before) !== specificationOf(after);

function makeOf(object: NftObject): string {
  const specification = specificationOf(object);
  return specification === '' ? '' : ` { ${specification.replace(/;$/, '')}; }`;
}

/** A set of blocks is written anew: nft merges neighbours in it, and cannot take one out of what it merged. */
function setChanges(table: string, before: NftSet | undefined, after: NftSet): string[] {
  const place = `ip ${table} ${after.name}`;
  const were = before?.elements ?? [];
  const isInterval = after.specification.includes('flags interval');
  if (isInterval && sameList(were, after.elements)) return [];
  const added = isInterval ? after.elements : without(after.elements, were);
  const removed = isInterval ? [] : without(were, after.elements);
  return [
    ...(isInterval && were.length > 0 ? [`flush set ${place}`] : []),
    ...(removed.length > 0 ? [`delete element ${place} { ${removed.join(', ')} }`] : []),
    ...(added.length > 0 ? [`add element ${place} { ${added.join(', ')} }`] : []),
  ];
}

function chainChanges(table: string, before: NftChain | undefined, after: NftChain): string[] {
  if (before !== undefined && sameList(before.statements, after.statements)) return [];
  const place = `ip ${table} ${after.name}`;
  return [...(before === undefined ? [] : [`flush chain ${place}`]), ...after.statements.map((statement) => `add rule ${place} ${statement}`)];
}

function mapChanges(table: string, before: NftMap | undefined, after: NftMap): string[] {
  const place = `ip ${table} ${after.name}`;
  const were = new Map(before?.elements);
  const are = new Map(after.elements);
  const added = after.elements.filter(([key, verdict]) => were.get(key) !== verdict);
  const removed = [...were].filter(([key, verdict]) => are.get(key) !== verdict).map(([key]) => key);
  return [
    ...(removed.length > 0 ? [`delete element ${place} { ${removed.join(', ')} }`] : []),
    ...(added.length > 0 ? [`add element ${place} { ${added.map(([key, verdict]) => `${key} : ${verdict}`).join(', ')} }`] : []),
  ];
}

const sameList = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((item, index) => item === b[index]);

function without(items: readonly string[], excluded: readonly string[]): string[] {
  const set = new Set(excluded);
  return items.filter((item) => !set.has(item));
}
