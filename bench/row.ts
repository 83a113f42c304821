import type { Leftovers } from './leftovers.ts';

/** How much a row measures. `quick` shows that it runs; its figures say nothing. */
export interface Size {
  readonly quick: boolean;
  /** Pairs of ours and the peer's, one after the other. */
  readonly rounds: number;
}

/** What a figure is held against. */
export type Bar = { readonly atLeast: number } | { readonly atMost: number };

/** One line of the table. */
export interface Line {
  readonly what: string;
  readonly against: string;
  /** One per round, in order: ours over the peer's, or ours alone where there is no peer. */
  readonly figures: readonly number[];
  /** `×` for a ratio. */
  readonly unit: '×' | 'ms' | 'MB' | '/s';
  /** None: it is there to be read beside the others. */
  readonly bar?: Bar;
  /** What stands behind the ratio: `1.21 against 1.45 GB/s`. */
  readonly measured: string;
}

/** A row of the design's "Numbers to hold": one question, one or a few lines. */
export interface Row {
  readonly name: string;
  /** Programs that it needs beside Node, with their Debian packages. */
  readonly programs: Readonly<Record<string, string>>;
  measure(size: Size, leftovers: Leftovers): Promise<readonly Line[]>;
}
