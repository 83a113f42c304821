import { random } from '../random.ts';
import { isLeaf, type Forest } from './forest.ts';

const rowsMost = 256;
const rowsLeast = 16;
const valuesMost = 4_000_000;
const valuesPerFeature = 4_096;

/** How often a value is missing, and how often it is a threshold to the bit: where mistakes hide. */
const missingShare = 0.15;
const thresholdShare = 0.5;

/** Rows at which compiled code and interpreter are compared: around the forest's own thresholds and categories. */
export function probeRows(forest: Forest, seed: number): { readonly rows: Float32Array; readonly count: number } {
  const count = Math.max(rowsLeast, Math.min(rowsMost, Math.floor(valuesMost / Math.max(1, forest.features))));
  const rows = new Float32Array(count * forest.features).fill(NaN);
  const next = random(seed);
  const draw = (): number => next.next().value;
  for (const [feature, values] of valuesOf(forest)) {
    for (let row = 0; row < count; row += 1) {
      const value = values[Math.floor(draw() * values.length)] ?? 0;
      const moved = draw() < thresholdShare ? value : value + (draw() - 0.5) * (1 + Math.abs(value));
      rows[row * forest.features + feature] = draw() < missingShare ? NaN : moved;
    }
  }
  return { rows, count };
}

/** What each feature that is asked about is compared with. */
function valuesOf({ trees }: Forest): ReadonlyMap<number, readonly number[]> {
  const values = new Map<number, number[]>();
  for (const tree of trees) {
    for (let node = 0; node < tree.left.length; node += 1) {
      if (isLeaf(tree, node)) continue;
      const feature = tree.feature[node] ?? 0;
      const compared = tree.categories.get(node) ?? [tree.threshold[node] ?? 0];
      const known = values.get(feature) ?? [];
      if (known.length < valuesPerFeature) known.push(...[...compared].slice(0, rowsMost));
      values.set(feature, known);
    }
  }
  return values;
}
