/** A name that the resolver of a VPC does not answer, as it was asked for. */
export interface RefusedName {
  readonly name: string;
  readonly type: string;
  readonly count: number;
}

/** What one interface was refused: all questions are counted, the newest names are kept. */
export interface RefusedNames {
  readonly count: number;
  /** The one asked for last is last. */
  readonly names: readonly RefusedName[];
}

/** Names can be made up without end, and each is text of whoever asks. */
const namesMax = 64;
const shownMax = 8;

export const noRefusedNames: RefusedNames = { count: 0, names: [] };

/** With one more kind of question. Without a name it was one of too many to be told of. */
export function withRefused({ count, names }: RefusedNames, asked: RefusedName): RefusedNames {
  const all = count + asked.count;
  if (asked.name === '') return { count: all, names };
  // The letters of the last question are kept: data is in them, too.
  const isSame = ({ name, type }: RefusedName): boolean => name.toLowerCase() === asked.name.toLowerCase() && type === asked.type;
  const again = asked.count + (names.find(isSame)?.count ?? 0);
  return { count: all, names: [...names.filter((each) => !isSame(each)), { ...asked, count: again }].slice(-namesMax) };
}

export const together = (all: readonly RefusedNames[]): RefusedNames => ({
  count: all.reduce((sum, { count }) => sum + count, 0),
  names: all.flatMap(({ names }) => names).reduce(withRefused, noRefusedNames).names,
});

/** A line for each name, the newest first, and one for the others. */
export function refusedNameLines({ count, names }: RefusedNames): readonly string[] {
  const shown = names.toReversed().slice(0, shownMax);
  const others = count - shown.reduce((sum, each) => sum + each.count, 0);
  const lines = shown.map(({ name, type, count: times }) => `${printable(name)} ${type} (${times} times)`.replace('(1 times)', '(once)'));
  return others > 0 ? [...lines, `${others} more questions`] : lines;
}

/** Bytes of a name are anything: what is no letter of a host name is shown as its code. */
const printable = (name: string): string => name.replaceAll(/[^!-~]/gu, (letter) => `\\${String(letter.codePointAt(0)).padStart(3, '0')}`);
