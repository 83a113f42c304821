import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Objective } from './configuration.ts';
import { baseScore } from './objective.ts';
import { noNode, type Tree } from './tree.ts';

export interface Model {
  readonly objective: Objective;
  readonly classes: number;
  readonly features: number;
  /** Round by round, and in a round class by class. */
  readonly trees: readonly Tree[];
}

/** XGBoost's reader takes a number without point or exponent for an integer, and refuses it where it wants a float. */
const floats = new Set(['base_weights', 'loss_changes', 'split_conditions', 'sum_hessian']);
const mark = '\u0001';

function withFloats(key: string, value: unknown): unknown {
  if (!floats.has(key)) return value;
  return (value as number[]).map((number) => `${mark}${number.toExponential().toUpperCase()}${mark}`);
}

const rootParent = 2 ** 31 - 1;

function treeJson(tree: Tree, id: number, features: number): object {
  return {
    base_weights: tree.map(({ weight }) => weight),
    categories: [],
    categories_nodes: [],
    categories_segments: [],
    categories_sizes: [],
    default_left: tree.map(({ missingGoesLeft }) => Number(missingGoesLeft)),
    id,
    left_children: tree.map(({ left }) => left),
    loss_changes: tree.map(({ gain }) => gain),
    parents: tree.map(({ parent }) => (parent === noNode ? rootParent : parent)),
    right_children: tree.map(({ right }) => right),
    split_conditions: tree.map(({ threshold }) => threshold),
    split_indices: tree.map(({ feature }) => feature),
    split_type: tree.map(() => 0),
    sum_hessian: tree.map(({ hessian }) => hessian),
    tree_param: { num_deleted: '0', num_feature: String(features), num_nodes: String(tree.length), size_leaf_vector: '0' },
  };
}

/** The model in XGBoost's JSON format, version 1.7. https://xgboost.readthedocs.io/en/release_1.7.0/tutorials/saving_model.html */
export function modelJson({ objective, classes, features, trees }: Model): string {
  const learner = {
    attributes: {},
    feature_names: [],
    feature_types: [],
    gradient_booster: {
      model: {
        gbtree_model_param: { num_parallel_tree: '1', num_trees: String(trees.length), size_leaf_vector: '0' },
        tree_info: trees.map((_, index) => index % classes),
        trees: trees.map((tree, index) => treeJson(tree, index, features)),
      },
      name: 'gbtree',
    },
    learner_model_param: {
      base_score: baseScore.toExponential().toUpperCase(),
      boost_from_average: '1',
      num_class: String(classes === 1 ? 0 : classes),
      num_feature: String(features),
      num_target: '1',
    },
    objective:
      classes === 1
        ? { name: objective, reg_loss_param: { scale_pos_weight: '1' } }
        : { name: objective, softmax_multiclass_param: { num_class: String(classes) } },
  };
  return JSON.stringify({ learner, version: [1, 7, 4] }, withFloats)
    .replaceAll(`"\\u0001`, '')
    .replaceAll(`\\u0001"`, '');
}

/** Writes `model/xgboost-model`, whole or not at all. */
export function writeModel(root: string, model: Model): void {
  const folder = join(root, 'model');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'xgboost-model.part'), modelJson(model));
  renameSync(join(folder, 'xgboost-model.part'), join(folder, 'xgboost-model'));
}
