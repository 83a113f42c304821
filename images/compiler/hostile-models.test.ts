import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostileModels } from '../../test/fixtures/hostile-models.ts';
import { compileOnnx } from './compile-onnx.ts';
import { compileXgboost } from './compile-xgboost.ts';
import { InputError } from './input-error.ts';
import { targetOf } from './targets.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostile-model-'));
  mkdirSync(join(folder, 'input'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Those that test/kernel sends through jobs and containers, here without any. */
describe.each(['XGBOOST', 'ONNX'] as const)('%s', (framework) => {
  it.each(hostileModels.filter((one) => one.framework === framework))('$name', async ({ bytes, reason }) => {
    writeFileSync(join(folder, 'input', framework === 'ONNX' ? 'model.onnx' : 'model'), bytes());
    const contract = {
      inputFolder: join(folder, 'input'),
      outputFolder: folder,
      options: {},
      framework,
      target: 'ml_c5',
      dataInputConfig: undefined,
    };
    const compile = framework === 'ONNX' ? compileOnnx : compileXgboost;
    const compiled = compile(contract, targetOf('ml_c5'), new AbortController().signal);
    const error = await compiled.then(
      () => 'nothing',
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(reason);
  });
});
