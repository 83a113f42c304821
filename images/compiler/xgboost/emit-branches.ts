import { cArray, cFloat } from '../c-text.ts';
import { categoryMax, isLeaf, widthOf, type Forest, type Tree } from './forest.ts';

/**
 * Each tree as conditions and jumps: for one row the fastest way, as long as there are not too many. Jumps instead of nesting, so that a tree of any depth
 * compiles, and each a function of its own: inlined into one, clang would take four times as long. `add_trees` adds what
 * all of them say, in their order.
 */
export function emitBranches(forest: Forest): string {
  const trees = forest.trees.map((tree, index) => emitTree(tree, index, forest.outputs));
  const calls = forest.trees.map((_, index) => `  tree_${index}(x, margins);`);
  return [...trees, 'static void add_trees(const float *restrict x, float *restrict margins) {', ...calls, '}'].join('\n');
}

function emitTree(tree: Tree, index: number, outputs: number): string {
  const nodes = reachable(tree);
  const categories = nodes.filter((node) => tree.categories.has(node) && !isLeaf(tree, node));
  return [
    ...categories.map((node) =>
      cArray('uint32_t', categoriesName(index, node), bitsOf(tree.categories.get(node) ?? new Set()), (word) => `${word}u`),
    ),
    `static __attribute__((noinline)) void tree_${index}(const float *restrict x, float *restrict margins) {`,
    ...nodes.flatMap((node) => (isLeaf(tree, node) ? emitLeaf(tree, node, outputs) : emitSplit(tree, node, index))),
    '}',
  ].join('\n');
}

function emitLeaf(tree: Tree, node: number, outputs: number): string[] {
  const width = widthOf(tree, outputs);
  const first = tree.output ?? 0;
  const additions = Array.from({ length: width }, (_, at) => `margins[${first + at}] += ${cFloat(tree.leaves[node * width + at] ?? 0)};`);
  return [`  n${node}: ${additions.join(' ')} return;`];
}

function emitSplit(tree: Tree, node: number, index: number): string[] {
  const condition = tree.categories.has(node) ? goesLeftByCategory(tree, node, index) : goesLeft(tree, node);
  return [`  n${node}: if (${condition}) goto n${tree.left[node]}; else goto n${tree.right[node]};`];
}

/** NaN compares false with everything: which comparison is negated says where it goes. */
function goesLeft(tree: Tree, node: number): string {
  const [value, threshold] = [`x[${tree.feature[node]}]`, cFloat(tree.threshold[node] ?? 0)];
  return tree.defaultLeft[node] === 0 ? `${value} < ${threshold}` : `!(${value} >= ${threshold})`;
}

function goesLeftByCategory(tree: Tree, node: number, index: number): string {
  const value = `x[${tree.feature[node]}]`;
  const name = categoriesName(index, node);
  const words = bitsOf(tree.categories.get(node) ?? new Set()).length;
  const isMember = `(${value} >= 0 && ${value} < ${Math.min(words * 32, categoryMax)}.0f && (${name}[(int32_t)${value} >> 5] >> ((int32_t)${value} & 31) & 1))`;
  return `${value} != ${value} ? ${tree.defaultLeft[node] === 0 ? 0 : 1} : !${isMember}`;
}

const categoriesName = (tree: number, node: number): string => `categories_${tree}_${node}`;

/** 32 categories to a word, from the first one to the largest that is asked for. */
export function categoryWordsOf(categories: ReadonlySet<number>): number {
  let largest = 0;
  for (const category of categories) largest = Math.max(largest, category);
  return Math.floor(largest / 32) + 1;
}

function bitsOf(categories: ReadonlySet<number>): Uint32Array {
  const words = new Uint32Array(categoryWordsOf(categories));
  for (const category of categories) words[Math.floor(category / 32)] = ((words[Math.floor(category / 32)] ?? 0) | (1 << (category % 32))) >>> 0;
  return words;
}

/** From the root on; a node whose left child comes next falls through to it. */
function reachable(tree: Tree): readonly number[] {
  const nodes: number[] = [];
  const waiting = [0];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    nodes.push(node);
    if (!isLeaf(tree, node)) waiting.push(tree.right[node] ?? 0, tree.left[node] ?? 0);
  }
  return nodes;
}
