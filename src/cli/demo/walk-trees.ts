/** What of XGBoost's JSON the built-in trainer writes for `binary:logistic`. */
interface Model {
  readonly learner: {
    readonly gradient_booster: { readonly model: { readonly trees: readonly Tree[] } };
    readonly learner_model_param: { readonly base_score: string };
  };
}

interface Tree {
  readonly left_children: readonly number[];
  readonly right_children: readonly number[];
  readonly split_indices: readonly number[];
  readonly split_conditions: readonly number[];
  readonly default_left: readonly number[];
}

/** The margin of a row by the file itself, in float32 and tree after tree: independent of every compiler. */
export function marginByWalking(model: string, row: ArrayLike<number>): number {
  const { gradient_booster: booster, learner_model_param: parameters } = (JSON.parse(model) as Model).learner;
  const base = Math.fround(Number(parameters.base_score));
  let margin = Math.fround(-Math.log(Math.fround(Math.fround(1 / base) - 1)));
  for (const tree of booster.model.trees) margin = Math.fround(margin + leafOf(tree, row));
  return margin;
}

function leafOf(tree: Tree, row: ArrayLike<number>): number {
  let node = 0;
  for (let left = tree.left_children[node] ?? -1; left >= 0; left = tree.left_children[node] ?? -1) {
    const value = Math.fround(row[tree.split_indices[node] ?? -1] ?? NaN);
    const goesLeft = Number.isNaN(value) ? tree.default_left[node] === 1 : value < Math.fround(tree.split_conditions[node] ?? NaN);
    node = goesLeft ? left : (tree.right_children[node] ?? 0);
  }
  return Math.fround(tree.split_conditions[node] ?? NaN);
}
