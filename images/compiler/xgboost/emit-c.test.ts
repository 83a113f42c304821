import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import koffi from 'koffi';
import { afterAll, describe, expect, it } from 'vitest';
import { buildForest } from '../native-build.ts';
import { targetOf } from '../targets.ts';
import { emitForest } from './emit-c.ts';
import { readModel } from './read-model.ts';

const folder = join(import.meta.dirname, '../../../test/corpus/xgboost');
const work = mkdtempSync(join(tmpdir(), 'cloister-emit-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const floats = (text: string): Float32Array => new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
const hex = (values: Float32Array): string => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');

describe.each(readdirSync(folder))('%s', (file) => {
  const { cases } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
    cases: { name: string; models: Record<string, string>; rows: string; margins: string; predictions: string; features: number }[];
  };
  it.each(cases)('$name', async ({ models, rows, margins, features }) => {
    const forest = readModel(inflateSync(Buffer.from(models['ubj'] ?? '', 'base64')));
    const directory = mkdtempSync(join(work, 'so-'));
    const path = await buildForest(directory, emitForest(forest), targetOf('ml_c5'), AbortSignal.timeout(60_000));
    const library = koffi.load(path);
    const predict = library.func(
      'void cloister_predict(const float *rows, int64_t count, int64_t stride, int32_t margins, float *scratch, _Out_ float *out)',
    );
    const scratch = new Float32Array(Number(library.func('int64_t cloister_scratch(void)')()));
    const input = floats(rows);
    const count = input.length / features;
    const found = new Float32Array(floats(margins).length);
    predict(input, count, features, 1, scratch, found);
    expect(hex(found)).toBe(hex(floats(margins)));
  });
});
