import { expect, it } from 'vitest';
import { hexOf, xgboostCases } from './cases.ts';
import { marginsOf, predictionsOf } from './interpret.ts';
import { readModel } from './read-model.ts';

const models = xgboostCases().flatMap((one) => Object.entries(one.models).map(([format, model]) => ({ ...one, format, model })));

it.each(models)('$name of XGBoost $release as $format: margins bit for bit, predictions within an ulp', (one) => {
  const forest = readModel(one.model);
  expect(forest.features).toBe(one.features);
  const margins = marginsOf(forest, one.rows, one.rows.length / one.features);
  expect(hexOf(margins)).toBe(hexOf(one.margins));
  expect(ulpsBetween(predictionsOf(forest, margins), one.predictions)).toBeLessThanOrEqual(1);
});

/** The largest distance of two float32 values, counted in values that lie between them. */
function ulpsBetween(found: Float32Array, wanted: Float32Array): number {
  expect(found).toHaveLength(wanted.length);
  const [a, b] = [ordered(found), ordered(wanted)];
  return Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? NaN))));
}

const leastInteger = -(2 ** 31);
const ordered = (values: Float32Array): number[] =>
  Array.from(new Int32Array(values.slice().buffer), (bits) => (bits < 0 ? leastInteger - bits : bits));

const [first] = xgboostCases();
const document = (): any => JSON.parse(first?.models['json']?.toString() ?? '');
const read = (value: unknown) => readModel(Buffer.from(JSON.stringify(value)));
const firstTree = (value: any) => value.learner.gradient_booster.model.trees[0];

it.each([
  ['a pickle', () => readModel(Buffer.from([0x80, 4, 0x95])), 'a Python pickle'],
  ['nothing', () => readModel(Buffer.alloc(0)), 'ends at byte 0'],
  ['text', () => readModel(Buffer.from('not a model of anything at all, but long enough to have a header'.repeat(5))), 'is no model of XGBoost'],
  ['another object', () => read({ a: 1 }), 'learner is missing'],
  ['half of a document', () => readModel((first?.models['ubj'] ?? Buffer.alloc(0)).subarray(0, 900)), 'in the middle of something'],
  [
    'a cycle',
    () => {
      const value = document();
      firstTree(value).left_children[1] = 1;
      return read(value);
    },
    'tree 0 reaches node 1 twice',
  ],
  [
    'a child that is not there',
    () => {
      const value = document();
      firstTree(value).right_children[0] = 10_000;
      return read(value);
    },
    'tree 0 has no node 10000',
  ],
  [
    'a feature that is not there',
    () => {
      const value = document();
      firstTree(value).split_indices[0] = 6;
      return read(value);
    },
    'tree 0 splits on feature 6; there are 6',
  ],
  [
    'linear',
    () => {
      const value = document();
      value.learner.gradient_booster.name = 'gblinear';
      return read(value);
    },
    'the booster "gblinear" is not made of trees',
  ],
  [
    'an objective of somebody',
    () => {
      const value = document();
      value.learner.objective.name = '__proto__';
      return read(value);
    },
    'the objective "__proto__" is not supported',
  ],
])('refuses %s', (_, attempt, why) => {
  expect(attempt).toThrow(why);
});
