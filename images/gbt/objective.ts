import type { Objective } from './configuration.ts';
import type { Rows } from './rows.ts';

/** The first guess of every model, in the space of the output. */
export const baseScore = 0.5;
/** XGBoost's floor for the second derivative. */
const hessianMin = 1e-6;
const probabilityMin = 1e-15;

/** Loss and number of wrong answers, summed over rows. */
export interface Score {
  loss: number;
  wrong: number;
}

/**
 * First and second derivatives of the loss of each row, as whole multiples of `1 / scale`: their sums are exact, so a
 * model is the same to the byte however the rows are divided among instances.
 */
export interface Gradients {
  /** `[row * classes + k]` */
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** Where the margin (the sum of leaves) starts, so that the output is `baseScore`. */
export const initialMargin = (objective: Objective): number => (objective === 'binary:logistic' ? 0 : baseScore);

const logistic = (margin: number): number => 1 / (1 + Math.exp(-margin));

function softmax(margins: Float32Array, from: number, into: Float64Array): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < into.length; k++) largest = Math.max(largest, margins[from + k] ?? 0);
  let sum = 0;
  for (let k = 0; k < into.length; k++) sum += into[k] = Math.exp((margins[from + k] ?? 0) - largest);
  for (let k = 0; k < into.length; k++) into[k] = (into[k] ?? 0) / sum;
}

const logLoss = (probability: number): number => -Math.log(Math.max(probability, probabilityMin));

/** What the model says of one row: a probability per class, or the number itself. Fills `into`. */
export function predictRow(objective: Objective, margins: Float32Array, from: number, into: Float64Array): void {
  const margin = margins[from] ?? 0;
  if (objective === 'multi:softprob') softmax(margins, from, into);
  else into[0] = objective === 'binary:logistic' ? logistic(margin) : margin;
}

/** The class that a row is given. */
export function decide(objective: Objective, predicted: Float64Array): number {
  if (objective === 'binary:logistic') return (predicted[0] ?? 0) > 0.5 ? 1 : 0;
  return predicted.indexOf(Math.max(...predicted));
}

export function score(objective: Objective, rows: Rows, margins: Float32Array, classes: number): Score {
  const predicted = new Float64Array(classes);
  const total: Score = { loss: 0, wrong: 0 };
  for (let row = 0; row < rows.count; row++) {
    const label = rows.labels[row] ?? 0;
    predictRow(objective, margins, row * classes, predicted);
    if (objective === 'reg:squarederror') {
      total.loss += ((predicted[0] ?? 0) - label) ** 2;
      continue;
    }
    const ofLabel = objective === 'multi:softprob' ? predicted[label] : label === 1 ? predicted[0] : 1 - (predicted[0] ?? 0);
    total.loss += logLoss(ofLabel ?? 0);
    if (decide(objective, predicted) !== label) total.wrong++;
  }
  return total;
}

export function gradients(objective: Objective, rows: Rows, margins: Float32Array, classes: number, scale: number): Gradients {
  const first = new Float64Array(rows.count * classes);
  const second = new Float64Array(rows.count * classes);
  const predicted = new Float64Array(classes);
  for (let row = 0; row < rows.count; row++) {
    const label = rows.labels[row] ?? 0;
    predictRow(objective, margins, row * classes, predicted);
    for (let k = 0; k < classes; k++) {
      const p = predicted[k] ?? 0;
      const target = objective === 'multi:softprob' ? Number(label === k) : label;
      const curvature = objective === 'reg:squarederror' ? 1 : (objective === 'multi:softprob' ? 2 : 1) * p * (1 - p);
      first[row * classes + k] = Math.round((p - target) * scale);
      second[row * classes + k] = Math.round(Math.max(curvature, hessianMin) * scale);
    }
  }
  return { first, second };
}

/** The largest power of two, at most 2^20, with which no sum over `rows` gradients of at most `largest` leaves 2^52. */
export function gradientScale(rows: number, largest: number): number {
  return 2 ** Math.min(20, 52 - Math.ceil(Math.log2(Math.max(1, rows) * Math.max(1, largest))));
}
