import { categoryMax, isLeaf, widthOf, type Forest, type Tree } from './forest.ts';
import { objectiveOf, type Transform } from './objective.ts';

/** What the forest says of rows, one after the other, in float32 and in XGBoost's order of additions: what compiled code is checked against. */
export function marginsOf(forest: Forest, rows: Float32Array, count: number): Float32Array {
  const { features, outputs, trees, baseMargins } = forest;
  const margins = new Float32Array(count * outputs);
  for (let row = 0; row < count; row += 1) {
    margins.set(baseMargins, row * outputs);
    for (const tree of trees) addTree(tree, rows, row * features, margins, row * outputs, outputs);
  }
  return margins;
}

function addTree(tree: Tree, rows: Float32Array, row: number, margins: Float32Array, at: number, outputs: number): void {
  let node = 0;
  while (!isLeaf(tree, node)) node = next(tree, node, rows[row + (tree.feature[node] ?? 0)] ?? NaN);
  const width = widthOf(tree, outputs);
  const first = at + (tree.output ?? 0);
  for (let index = 0; index < width; index += 1) margins[first + index] = (margins[first + index] ?? 0) + (tree.leaves[node * width + index] ?? 0);
}

function next(tree: Tree, node: number, value: number): number {
  const [left, right] = [tree.left[node] ?? 0, tree.right[node] ?? 0];
  if (Number.isNaN(value)) return tree.defaultLeft[node] === 0 ? right : left;
  const categories = tree.categories.get(node);
  if (categories === undefined) return value < (tree.threshold[node] ?? 0) ? left : right;
  // https://github.com/dmlc/xgboost, common/categorical.h: what is no category goes left.
  return value >= 0 && value < categoryMax && categories.has(Math.trunc(value)) ? right : left;
}

/** How many numbers a row's prediction has. */
export const predictionsPerRow = ({ objective, outputs }: Forest): number => (objectiveOf(objective).transform === 'class' ? 1 : outputs);

/** Of margins; within an ulp of XGBoost, whose `expf` differs between machines. */
export function predictionsOf(forest: Forest, margins: Float32Array): Float32Array {
  const { transform } = objectiveOf(forest.objective);
  const each = elementwise[transform];
  if (each !== undefined) return margins.map(each);
  const rows = Array.from({ length: margins.length / forest.outputs }, (_, row) =>
    margins.subarray(row * forest.outputs, (row + 1) * forest.outputs),
  );
  return Float32Array.from(rows.flatMap((row) => (transform === 'class' ? [row.indexOf(Math.max(...row))] : softmax(row))));
}

const expf = (value: number): number => Math.fround(Math.exp(value));
const sigmoidKept = 1e-16;
/** https://github.com/dmlc/xgboost, common/math.h: keeps `expf` finite. */
const sigmoidLeast = 88.7;

const elementwise: Partial<Record<Transform, (margin: number) => number>> = {
  identity: (margin) => margin,
  sigmoid: (margin) => Math.fround(1 / Math.fround(Math.fround(expf(Math.min(-margin, Math.fround(sigmoidLeast))) + 1) + sigmoidKept)),
  exponential: expf,
  hinge: (margin) => (margin > 0 ? 1 : 0),
};

function softmax(row: Float32Array): number[] {
  const largest = Math.max(...row);
  const powers = Array.from(row, (margin) => expf(Math.fround(margin - largest)));
  const sum = Math.fround(powers.reduce((total, power) => total + power, 0));
  return powers.map((power) => power / sum);
}
