import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emitForest } from './emit-c.ts';
import type { Forest, Tree } from './forest.ts';
import { hexOf, ulpsBetween, xgboostCases } from './cases.ts';
import { marginsOf, predictionsOf } from './interpret.ts';
import { readModelFile } from './model-file.ts';
import { readModel } from './read-model.ts';

const models = xgboostCases().flatMap((one) => Object.entries(one.models).map(([format, model]) => ({ ...one, format, model })));

it.each(models)('$name of XGBoost $release as $format: margins bit for bit, predictions within an ulp', (one) => {
  const forest = readModel(one.model);
  expect(forest.features).toBe(one.features);
  const margins = marginsOf(forest, one.rows, one.rows.length / one.features);
  expect(hexOf(margins)).toBe(hexOf(one.margins));
  expect(ulpsBetween(predictionsOf(forest, margins), one.predictions)).toBeLessThanOrEqual(1);
});

const first = xgboostCases().find(({ name }) => name === 'logistic');
const document = (): any => JSON.parse(first?.models['json']?.toString() ?? '');
const read = (value: unknown) => readModel(Buffer.from(JSON.stringify(value)));
const firstTree = (value: any) => value.learner.gradient_booster.model.trees[0];

it.each([
  ['a pickle', () => readModel(Buffer.from([0x80, 4, 0x95])), 'a Python pickle'],
  ['nothing', () => readModel(Buffer.alloc(0)), 'ends at byte 0'],
  ['text', () => readModel(Buffer.from('not a model of anything at all, but long enough to have a header'.repeat(5))), 'is no model of XGBoost'],
  [
    'more values than are held',
    () => readModel(Buffer.from(`{"a":[0${',0'.repeat(40_000_000)}]}`, 'latin1')),
    'the JSON model takes as much memory as 40000016 numbers',
  ],
  ['more values than are held', () => readModel(Buffer.concat([Buffer.from('{U\x01a['), Buffer.alloc(4_000_001, 'Z')])), 'more than 4000000 values'],
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

it('refuses a file of ten million nodes without reading it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xgboost-model-'));
  const path = join(folder, 'model');
  writeFileSync(path, '');
  truncateSync(path, 10_000_000 * 49);
  expect(() => readModelFile(folder)).toThrow('InputConfiguration: ModelSizeTooBig: the model has 490000000 bytes');
  rmSync(folder, { recursive: true });
});

it.each(xgboostCases())('makes the same C of $name of XGBoost $release whatever file it came in', ({ models }) => {
  const [first, ...others] = Object.values(models).map((model) => emitForest(readModel(model)));
  for (const other of others) expect(other).toEqual(first);
});

it('lets no text of a model become C', () => {
  const value = document();
  const hostile = '"; }\n#include "/etc/passwd"\nint x[] = {';
  value.learner.feature_names = Array.from({ length: 6 }, () => hostile);
  value.learner.attributes = { [hostile]: hostile };
  value.learner.gradient_booster.model[hostile] = hostile;
  expect(emitForest(readModel(Buffer.from(JSON.stringify(value))))).toEqual(emitForest(read(document())));
});

/** A tree of so many nodes. */
function chain(nodes: number, categories: Tree['categories'] = new Map()): Tree {
  const left = Int32Array.from({ length: nodes }, (_, node) => (node % 2 === 0 && node + 2 < nodes ? node + 1 : -1));
  const right = left.map((child) => (child < 0 ? -1 : child + 1));
  const floats = new Float32Array(nodes);
  return {
    left,
    right,
    feature: new Int32Array(nodes),
    threshold: floats,
    defaultLeft: new Uint8Array(nodes),
    categories,
    output: 0,
    leaves: floats,
  };
}

const large = (tree: Tree): Forest => ({
  version: '',
  features: 1,
  outputs: 1,
  objective: 'reg:squarederror',
  baseMargins: Float32Array.of(0),
  trees: [tree],
});

it('makes tables alone of a forest that is too large for conditions, and refuses one that cannot be tables', () => {
  const { header, tables } = emitForest(large(chain(99_999)));
  expect(header.length).toBeLessThan(3_000);
  expect(header).toContain('#define SINGLE_ROWS_BY_TABLES');
  expect(tables.length).toBeGreaterThan(99_999 * 16);
  expect(() => emitForest(large(chain(99_999, new Map([[0, new Set([1])]]))))).toThrow('the model has 99999 nodes; with categories');
});
