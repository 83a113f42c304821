import { Tables } from '../tables.ts';
import { isLeaf, type Forest, type Tree } from './forest.ts';

/**
 * Tables by which sixteen rows walk a tree side by side without a branch (`walk` in native/forest.c). Children of a node
 * are neighbours; a leaf is its own left child, so that all rows take as many steps as the tree is deep.
 */
export function lockstepTables({ trees }: Forest): Tables {
  const nodes = trees.reduce((sum, { left }) => sum + left.length, 0);
  const tables = {
    root: new Int32Array(trees.length),
    depth: new Int32Array(trees.length),
    output: new Int32Array(trees.length),
    split: new Int32Array(nodes),
    threshold: new Float32Array(nodes),
    left: new Int32Array(nodes),
    leaf: new Float32Array(nodes),
  };
  let base = 0;
  trees.forEach((tree, index) => {
    const { order, left, depth } = inLevels(tree);
    tables.root[index] = base;
    tables.depth[index] = depth;
    tables.output[index] = tree.output ?? 0;
    order.forEach((node, position) => {
      const leaf = isLeaf(tree, node);
      const at = base + position;
      tables.split[at] = leaf ? 1 : (tree.feature[node] ?? 0) * 2 + (tree.defaultLeft[node] ?? 0);
      tables.threshold[at] = leaf ? NaN : (tree.threshold[node] ?? 0);
      tables.left[at] = base + (leaf ? position : (left[position] ?? 0));
      tables.leaf[at] = leaf ? (tree.leaves[node] ?? 0) : 0;
    });
    base += order.length;
  });
  return new Tables(Object.fromEntries(Object.entries(tables).map(([name, values]) => [`lockstep_${name}`, values])));
}

/** Splits by numbers, leaves of one number: what the tables hold. */
export const isLockstep = ({ trees }: Forest): boolean => trees.every(({ categories, output }) => categories.size === 0 && output !== undefined);

/** The nodes level by level, and where in that order the left child of each is; its right child follows. */
function inLevels(tree: Tree): { readonly order: readonly number[]; readonly left: readonly number[]; readonly depth: number } {
  const order = [0];
  const depths = [0];
  const left: number[] = [];
  for (let position = 0; position < order.length; position += 1) {
    const node = order[position] ?? 0;
    left.push(order.length);
    if (isLeaf(tree, node)) continue;
    order.push(tree.left[node] ?? 0, tree.right[node] ?? 0);
    const depth = (depths[position] ?? 0) + 1;
    depths.push(depth, depth);
  }
  return { order, left, depth: depths.at(-1) ?? 0 };
}
