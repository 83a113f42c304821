import { refuse, shown } from '../input-error.ts';

/** What becomes of the margins. */
export type Transform = 'identity' | 'sigmoid' | 'exponential' | 'hinge' | 'softmax' | 'class';

interface Objective {
  readonly transform: Transform;
  /** `base_score` is in the space of predictions; margins start from its image. */
  readonly toMargin: (score: number) => number;
}

const same = (score: number): number => score;
/** In float32 at each step, as XGBoost's C++ does it. */
const logit = (score: number): number => Math.fround(-Math.log(Math.fround(Math.fround(1 / score) - 1)));
const log = (score: number): number => Math.fround(Math.log(score));

const identity: Objective = { transform: 'identity', toMargin: same };
const sigmoid: Objective = { transform: 'sigmoid', toMargin: logit };
const exponential: Objective = { transform: 'exponential', toMargin: log };

/** https://xgboost.readthedocs.io/en/release_3.0.0/parameter.html#learning-task-parameters */
const objectives: Readonly<Record<string, Objective>> = {
  'binary:hinge': { transform: 'hinge', toMargin: same },
  'binary:logistic': sigmoid,
  'binary:logitraw': { transform: 'identity', toMargin: same },
  'count:poisson': exponential,
  'multi:softmax': { transform: 'class', toMargin: same },
  'multi:softprob': { transform: 'softmax', toMargin: same },
  'rank:map': identity,
  'rank:ndcg': identity,
  'rank:pairwise': identity,
  'reg:absoluteerror': identity,
  'reg:gamma': exponential,
  'reg:linear': identity,
  'reg:logistic': sigmoid,
  'reg:pseudohubererror': identity,
  'reg:quantileerror': identity,
  'reg:squarederror': identity,
  'reg:squaredlogerror': identity,
  'reg:tweedie': exponential,
  'survival:aft': exponential,
  'survival:cox': exponential,
};

export function objectiveOf(name: string): Objective {
  if (!Object.hasOwn(objectives, name)) refuse(`the objective ${shown(name)} is not supported`);
  return objectives[name] ?? refuse('an objective is listed');
}

/** What a row of the artefact's caller may hold, and what is kept of it. */
const featuresMax = 1_000_000;
const outputsMax = 10_000;

/** Called before anything is made of that size. */
export function checkSizes(features: number, outputs: number): void {
  if (features > featuresMax) refuse(`the model has ${features} features; at most ${featuresMax} are compiled`);
  if (outputs > outputsMax) refuse(`the model has ${outputs} outputs; at most ${outputsMax} are compiled`);
}

export function baseMarginsOf(objective: string, scores: readonly number[], outputs: number): Float32Array {
  if (scores.length !== 1 && scores.length !== outputs) refuse(`base_score has ${scores.length} values for ${outputs} outputs`);
  const { toMargin } = objectiveOf(objective);
  return Float32Array.from({ length: outputs }, (_, output) => toMargin(Math.fround(scores[scores.length === 1 ? 0 : output] ?? NaN)));
}
