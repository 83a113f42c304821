import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';

/** Small models by XGBoost 1.7, 2.1 and 3.2 with what XGBoost itself predicts; `tools/xgboost-cases.py` writes them. For tests. */
const folder = join(import.meta.dirname, '../../../test/corpus/xgboost');

export interface XgboostCase {
  readonly name: string;
  readonly release: string;
  /** By the extension that XGBoost was given. */
  readonly models: Readonly<Record<string, Buffer>>;
  readonly features: number;
  readonly rows: Float32Array;
  readonly margins: Float32Array;
  readonly predictions: Float32Array;
}

interface StoredCase extends Readonly<Record<'name' | 'rows' | 'margins' | 'predictions', string>> {
  readonly models: Readonly<Record<string, string>>;
  readonly features: number;
}

const floats = (text: string): Float32Array => new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);

export function xgboostCases(): readonly XgboostCase[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.toSorted().flatMap((file) => {
    const { version, cases } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { version: string; cases: readonly StoredCase[] };
    return cases.map(({ name, models, features, rows, margins, predictions }) => ({
      name,
      release: version,
      models: Object.fromEntries(Object.entries(models).map(([format, text]) => [format, inflateSync(Buffer.from(text, 'base64'))])),
      features,
      rows: floats(rows),
      margins: floats(margins),
      predictions: floats(predictions),
    }));
  });
}

export const hexOf = (values: Float32Array): string => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');

/** The largest distance of two float32 values, counted in values that lie between them; NaN where there are not as many of both. */
export function ulpsBetween(found: Float32Array, wanted: Float32Array): number {
  if (found.length !== wanted.length) return NaN;
  const [a, b] = [ordered(found), ordered(wanted)];
  return Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? NaN))));
}

const leastInteger = -(2 ** 31);
const ordered = (values: Float32Array): number[] =>
  Array.from(new Int32Array(values.slice().buffer), (bits) => (bits < 0 ? leastInteger - bits : bits));
