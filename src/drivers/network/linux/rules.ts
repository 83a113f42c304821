import type { NftChain, NftMap, NftObject, NftSet, Ruleset } from '../../../model/network/plan.ts';
import { printRuleset } from '../../../model/network/ruleset-text.ts';

/** The transactions of nft that bring a router to its rules. Each is all or nothing. Pure. */

export type NftName = Pick<NftObject, 'kind' | 'name'>;

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
  if (before.table !== after.table || before.otherFamilies !== after.otherFamilies) return undefined;
  const { table } = after;
  const left = new Map(before.objects.map((object) => [keyOf(object), object]));
  // Names first, and chains before maps: what follows speaks of them.
  const lines: Readonly<Record<'name' | NftObject['kind'], string[]>> = { name: [], counter: [], set: [], chain: [], map: [] };
  for (const object of after.objects) {
    const key = keyOf(object);
    const was = left.get(key);
    left.delete(key);
    if (was === undefined) lines.name.push(`add ${object.kind} ip ${table} ${object.name}${makeOf(object)}`);
    else if (specificationOf(was) !== specificationOf(object)) return undefined;
    lines[object.kind].push(...contentChanges(table, was, object));
  }
  const gone = [...left.values()];
  return [
    ...lines.name,
    ...lines.set,
    ...lines.chain,
    ...lines.map,
    // A chain that is spoken of cannot go; after this nobody speaks of those that do.
    ...gone.flatMap((object) => (object.kind === 'chain' ? [`flush chain ip ${table} ${object.name}`] : [])),
    ...kindOrder.flatMap((kind) => gone.filter((object) => object.kind === kind).map(({ name }) => `delete ${kind} ip ${table} ${name}`)),
  ].join('\n');
}

/** `before` is of the same kind, or absent. */
function contentChanges(table: string, before: NftObject | undefined, after: NftObject): readonly string[] {
  switch (after.kind) {
    case 'counter':
      return [];
    case 'set':
      return setChanges(table, before as NftSet | undefined, after);
    case 'chain':
      return chainChanges(table, before as NftChain | undefined, after);
    case 'map':
      return mapChanges(table, before as NftMap | undefined, after);
  }
}

const specificationOf = (object: NftObject): string => {
  if (object.kind === 'chain') return object.hook ?? '';
  return object.kind === 'counter' ? '' : object.specification.join('; ');
};

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
  const changed = difference(were, after.elements, identical);
  const added = isInterval ? after.elements : without(changed.added, changed.removed);
  const removed = isInterval ? [] : without(changed.removed, changed.added);
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
  const same = ([key, value]: NftMap['elements'][number], other: NftMap['elements'][number]): boolean => key === other[0] && value === other[1];
  const { removed, added } = difference(before?.elements ?? [], after.elements, same);
  const were = new Map(removed);
  const are = new Map(added);
  const gone = removed.filter(([key, value]) => are.get(key) !== value).map(([key]) => key);
  const fresh = added.filter(([key, value]) => were.get(key) !== value).map(([key, value]) => `${key} : ${value}`);
  return [
    ...(gone.length > 0 ? [`delete element ${place} { ${gone.join(', ')} }`] : []),
    ...(fresh.length > 0 ? [`add element ${place} { ${fresh.join(', ')} }`] : []),
  ];
}

const identical = (a: string, b: string): boolean => a === b;
const sameList = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((item, index) => item === b[index]);

/** What stands between the common beginning and the common end: of a thousand elements, seldom more than a few. */
function difference<T>(before: readonly T[], after: readonly T[], same: (a: T, b: T) => boolean): { removed: readonly T[]; added: readonly T[] } {
  const shortest = Math.min(before.length, after.length);
  const isSame = (a: number, b: number): boolean => same(before[a] as T, after[b] as T);
  let start = 0;
  while (start < shortest && isSame(start, start)) start += 1;
  let end = 0;
  while (end < shortest - start && isSame(before.length - 1 - end, after.length - 1 - end)) end += 1;
  return { removed: before.slice(start, before.length - end), added: after.slice(start, after.length - end) };
}

function without(items: readonly string[], excluded: readonly string[]): string[] {
  const set = new Set(excluded);
  return items.filter((item) => !set.has(item));
}
