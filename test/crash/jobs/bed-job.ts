import type { Network } from '../../kernel/daemon/lab.ts';
import type { Bed } from '../bed.ts';
import type { JobKind } from '../cells.ts';

export interface JobState {
  readonly status: 'Completed' | 'Failed' | 'Stopped' | 'under way';
  /** In the API's own words: what it says while the job is under way, and why one failed. */
  readonly told: string;
  readonly reason: string | undefined;
}

/** In what jobs differ for who begins them, and judges them when they have ended. */
export interface BedJob {
  create(bed: Bed, name: string, kind: JobKind, network: Network): Promise<void>;
  state(bed: Bed, name: string): Promise<JobState>;
  /** What is wrong with what a job left that completed. */
  faultsOfRun(bed: Bed, name: string, kind: JobKind): Promise<string[]>;
  /** Looks on from before the job is there. What is returned is called after its end: it tells what was wrong meanwhile. */
  watch?(bed: Bed, name: string): Promise<() => Promise<string[]>>;
}

/** Those that are left alone in the middle still run when the next daemon is there. */
export const linesOf = (job: string): number => (/^(?:train-instances|compile-model)-/u.test(job) ? 60 : 14);

/** A program says who it is and counts, a line every 100 ms. `id` and `perLine` are JavaScript. */
export const countingLines = (lines: number | string, id: string, perLine = ''): string =>
  `let n=0;const t=setInterval(()=>{console.log(${id},++n);${perLine};if(n===${lines})clearInterval(t)},100)`;

/** What is wrong with what was heard of one program: it ran once, whole, and was heard once. */
export function faultsOfLines(host: string, id: string, heard: readonly string[], lines: number): string[] {
  const expected = Array.from({ length: lines }, (_, index) => `${id} ${index + 1}`);
  return heard.join('\n') === expected.join('\n') ? [] : [`lines of ${host}: ${heard.length} of ${lines}, ${differs(heard, expected)}`];
}

function differs(heard: readonly string[], expected: readonly string[]): string {
  const at = expected.findIndex((line, index) => heard[index] !== line);
  return at < 0 ? `then ${heard[expected.length]}` : `${heard[at]} instead of ${expected[at]}`;
}
