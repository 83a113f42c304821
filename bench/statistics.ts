import { assert, present } from '../src/stdx/assert.ts';

/** The figure under which a part of them lies: 0.5 for the median, 0.99 for the 99th percentile. */
export function quantile(figures: readonly number[], part: number): number {
  assert(figures.length > 0, 'there is something to take a quantile of');
  const sorted = figures.toSorted((a, b) => a - b);
  return present(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))], 'the index is within');
}

/** Between the two in the middle, when there are two. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const low = present(sorted[Math.floor((sorted.length - 1) / 2)], 'there is something to take a median of');
  return (low + present(sorted[Math.floor(sorted.length / 2)], 'the index is within')) / 2;
}
