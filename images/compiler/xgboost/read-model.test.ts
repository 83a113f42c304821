import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { marginsOf, predictionsOf } from './interpret.ts';
import { readModel } from './read-model.ts';

/** Small models by XGBoost 1.7, 2.1 and 3.2, with what XGBoost itself predicts. `tools/xgboost-cases.py` writes them. */
const folder = join(import.meta.dirname, '../../../test/corpus/xgboost');

interface Case {
  readonly name: string;
  readonly models: Readonly<Record<string, string>>;
  readonly rows: string;
  readonly features: number;
  readonly margins: string;
  readonly predictions: string;
}

const floats = (text: string): Float32Array => new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe.each(files)('%s', (file) => {
  const { cases } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { readonly cases: readonly Case[] };
  const models = cases.flatMap((one) => Object.entries(one.models).map(([format, model]) => ({ ...one, format, model })));

  it.each(models)('$name as $format: margins bit for bit, predictions within an ulp', ({ model, rows, features, margins, predictions }) => {
    const forest = readModel(inflateSync(Buffer.from(model, 'base64')));
    expect(forest.features).toBe(features);
    const input = floats(rows);
    const found = marginsOf(forest, input, input.length / features);
    expect(Buffer.from(found.buffer).equals(Buffer.from(floats(margins).buffer))).toBe(true);
    expect(ulpsBetween(predictionsOf(forest, found), floats(predictions))).toBeLessThanOrEqual(1);
  });
});

/** The largest distance of two float32 values, counted in values that lie between them. */
function ulpsBetween(found: Float32Array, wanted: Float32Array): number {
  expect(found).toHaveLength(wanted.length);
  const ordered = (values: Float32Array): number[] =>
    Array.from(new Int32Array(values.slice().buffer), (bits) => (bits < 0 ? -2_147_483_648 - bits : bits));
  const [a, b] = [ordered(found), ordered(wanted)];
  return Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? NaN))));
}
