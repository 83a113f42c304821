/** One thing that is so, or should be: in the rows, in the plan that is made from them, and in the kernel. */
export interface Fact {
  readonly fact: string;
  /** In the words of the API. Empty: the rows say nothing of it. */
  readonly stored: readonly string[];
  /** In the words of `ip` and `nft`. */
  readonly planned: readonly string[];
  readonly kernel: readonly string[];
  readonly agrees: boolean;
}

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((line, index) => line === b[index]);

/** All three say it in the same words. */
export function stated(fact: string, stored: readonly string[], planned: readonly string[], kernel: readonly string[]): Fact {
  return { fact, stored, planned, kernel, agrees: same(stored, planned) && same(planned, kernel) };
}

/** The rows say it in other words, or nothing: the plan and the kernel are compared. */
export function derived(fact: string, stored: readonly string[], planned: readonly string[], kernel: readonly string[]): Fact {
  return { fact, stored, planned, kernel, agrees: same(planned, kernel) };
}

/** Only the rows know it. */
export function onlyStored(fact: string, stored: readonly string[]): Fact {
  return { fact, stored, planned: [], kernel: [], agrees: true };
}

/** Of what the kernel holds, the lines that are wanted and there: it may hold others that are not of this subject. */
export const amongst = (wanted: readonly string[], held: readonly string[]): string[] => wanted.filter((line) => held.includes(line));
