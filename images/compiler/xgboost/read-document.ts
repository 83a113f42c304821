import { refuse, shown } from '../input-error.ts';
import { nodesMax, refuseNodes, type Forest, type Tree } from './forest.ts';
import { Members, numberOf } from './members.ts';
import { baseMarginsOf, checkSizes } from './objective.ts';

/**
 * The forest in a parsed JSON or UBJSON document, of XGBoost 1.0 to 3.x.
 * https://xgboost.readthedocs.io/en/release_3.0.0/tutorials/saving_model.html
 */
export function readDocument(document: unknown): Forest {
  const root = Members.of(document, 'the model');
  const learner = root.members('learner');
  const parameters = learner.members('learner_model_param');
  const objective = learner.members('objective').text('name');
  const outputs = Math.max(parameters.integer('num_class'), parameters.has('num_target') ? parameters.integer('num_target') : 1, 1);
  const features = parameters.integer('num_feature');
  checkSizes(features, outputs);
  const { model, weights } = boosterOf(learner.members('gradient_booster'));
  refuseRecoding(model);
  const treeOutputs = model.integers('tree_info');
  const trees = model.list('trees');
  if (trees.length !== treeOutputs.length) refuse(`the model has ${trees.length} trees and the outputs of ${treeOutputs.length}`);
  if (weights !== undefined && weights.length !== trees.length) refuse(`the model has ${trees.length} trees and the weights of ${weights.length}`);
  return {
    version: root.has('version') ? Array.from(root.integers('version')).join('.') : '',
    features,
    outputs,
    objective,
    baseMargins: baseMarginsOf(objective, baseScores(parameters.text('base_score')), outputs),
    trees: treesOf(trees, treeOutputs, weights),
  };
}

/** Counted before anything is made of them. */
function treesOf(trees: readonly unknown[], outputs: Int32Array, weights: Float32Array | undefined): readonly Tree[] {
  let nodes = 0;
  return trees.map((tree, index) => {
    const members = Members.of(tree, `tree ${index}`);
    nodes += members.length('left_children');
    if (nodes > nodesMax) refuseNodes(nodes);
    return treeOf(members, outputs[index] ?? 0, weights?.[index]);
  });
}

function boosterOf(booster: Members): { readonly model: Members; readonly weights: Float32Array | undefined } {
  const name = booster.text('name');
  switch (name) {
    case 'gbtree':
      return { model: booster.members('model'), weights: undefined };
    case 'dart':
      return { model: booster.members('gbtree').members('model'), weights: Float32Array.from(booster.numbers('weight_drop')) };
    default:
      return refuse(`the booster ${shown(name)} is not made of trees`);
  }
}

/** Since 3.1 a model of a data frame holds the names of its categories, and predicts after looking names up. */
function refuseRecoding(model: Members): void {
  if (model.has('cats') && model.members('cats').has('enc') && model.members('cats').list('enc').length > 0)
    refuse('the model looks categories up by name; train it on their codes');
}

/** `5E-1`, or since 3.1 `[5E-1,2E-1]`. */
function baseScores(text: string): readonly number[] {
  return text
    .replace(/^\[(?<list>.*)\]$/su, '$<list>')
    .split(',')
    .map(numberOf);
}

function treeOf(tree: Members, output: number, weight: number | undefined): Tree {
  const left = tree.integers('left_children');
  const nodes = left.length;
  const right = tree.integers('right_children', nodes);
  const parameters = tree.members('tree_param');
  const width = Math.max(1, parameters.has('size_leaf_vector') ? parameters.integer('size_leaf_vector') : 1);
  const threshold = Float32Array.from(tree.numbers('split_conditions', nodes));
  const leaves = width === 1 ? threshold : vectorLeaves(tree, left, right, width);
  return {
    left,
    right,
    feature: tree.integers('split_indices', nodes),
    threshold,
    defaultLeft: Uint8Array.from(tree.numbers('default_left', nodes)),
    categories: categoriesOf(tree),
    output: width === 1 ? output : undefined,
    // Rounded to float32 at each step, as XGBoost does: DART's weights, too.
    leaves: weight === undefined ? leaves : leaves.map((value) => value * weight),
  };
}

/** One number per output: in 2.x and 3.0 those of every node, since 3.1 only of the leaves, whose right child is then their number. */
function vectorLeaves(tree: Members, left: Int32Array, right: Int32Array, width: number): Float32Array {
  if (!tree.has('leaf_weights')) return Float32Array.from(tree.numbers('base_weights', left.length * width));
  const weights = Float32Array.from(tree.numbers('leaf_weights'));
  const leaves = new Float32Array(left.length * width);
  left.forEach((child, node) => {
    if (child !== -1) return;
    const from = (right[node] ?? 0) * width;
    if (from < 0 || from + width > weights.length) refuse(`leaf ${right[node]} has no weights`);
    leaves.set(weights.subarray(from, from + width), node * width);
  });
  return leaves;
}

function categoriesOf(tree: Members): ReadonlyMap<number, ReadonlySet<number>> {
  if (!tree.has('categories_nodes')) return new Map();
  const nodes = tree.integers('categories_nodes');
  const starts = tree.numbers('categories_segments', nodes.length);
  const sizes = tree.numbers('categories_sizes', nodes.length);
  const all = tree.integers('categories');
  let listed = 0;
  return new Map(
    Array.from(nodes, (node, index) => {
      const [start, size] = [starts[index] ?? 0, sizes[index] ?? 0];
      if (start < 0 || size < 0 || start + size > all.length) refuse(`node ${node} has categories outside of the list`);
      // Each category is of one node: lists that lie over each other would be any number of times as long.
      listed += size;
      if (listed > all.length) refuse(`the nodes have ${listed} categories, the list ${all.length}`);
      return [node, new Set(all.subarray(start, start + size))] as const;
    }),
  );
}
