import type { Group } from './peers.ts';
import type { Rows } from './rows.ts';

/** Rows with every value replaced by the number of its bin. */
export interface BinnedRows {
  /** Per feature the thresholds, ascending: a value below `cuts[b]` and not below `cuts[b - 1]` is in bin `b`. */
  readonly cuts: readonly Float64Array[];
  /** Bins per feature, the same for all; the last one holds missing values. */
  readonly bins: number;
  /** `values[row * features + feature]` */
  readonly values: Uint16Array;
}

/** Distinct values of one feature and how often each occurs, as `[value, count, value, count, …]`. */
function countValues(rows: Rows, feature: number): Float64Array {
  const counts = new Map<number, number>();
  for (let row = 0; row < rows.count; row++) {
    const value = rows.values[row * rows.features + feature] ?? Number.NaN;
    if (!Number.isNaN(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return Float64Array.from([...counts].flat());
}

/** Thresholds halfway between neighbouring values: all of them, or about equally filled bins when there are too many. */
export function chooseCuts(counted: readonly Float64Array[], maxBins: number): Float64Array {
  const counts = new Map<number, number>();
  for (const one of counted) for (let i = 0; i < one.length; i += 2) counts.set(one[i] ?? 0, (counts.get(one[i] ?? 0) ?? 0) + (one[i + 1] ?? 0));
  const values = [...counts].sort(([a], [b]) => a - b);
  const total = values.reduce((sum, [, count]) => sum + count, 0);
  const cuts: number[] = [];
  let below = 0;
  let next = total / maxBins;
  for (const [index, [value, count]] of values.entries()) {
    const following = values[index + 1];
    if (following === undefined) break;
    below += count;
    if (values.length > maxBins && below < next) continue;
    const middle = Math.fround((value + following[0]) / 2);
    // Between neighbours in float32 there is nothing: then the upper one divides them.
    cuts.push(middle > value ? middle : following[0]);
    if (cuts.length === maxBins - 1) break;
    next = below + (total - below) / (maxBins - cuts.length);
  }
  return Float64Array.from(new Set(cuts));
}

function binOf(value: number, cuts: Float64Array): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value < (cuts[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Chooses the thresholds from the values of all instances, so they are the same for any division of the rows. */
export async function binRows(rows: Rows, features: number, maxBins: number, group: Group): Promise<BinnedRows> {
  const cuts: Float64Array[] = [];
  for (let feature = 0; feature < features; feature++) {
    const counted = await group.gather(countValues(rows, feature));
    cuts.push(await group.broadcast(counted === undefined ? new Float64Array() : chooseCuts(counted, maxBins)));
  }
  const bins = Math.max(0, ...cuts.map((one) => one.length)) + 2;
  const values = new Uint16Array(rows.count * features);
  for (let index = 0; index < values.length; index++) {
    const value = rows.values[index] ?? Number.NaN;
    values[index] = Number.isNaN(value) ? bins - 1 : binOf(value, cuts[index % features] ?? new Float64Array());
  }
  return { cuts, bins, values };
}
