import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { interpret } from '../../images/compiler/onnx/interpret.ts';
import { model, node, tensor, valueInfo } from '../../images/compiler/onnx/model-writer.ts';
import { readNetwork } from '../../images/compiler/onnx/read-network.ts';
import { ulpsBetween, xgboostCases } from '../../images/compiler/xgboost/cases.ts';
import { dlrRunsHere, runByDlr } from '../fixtures/dlr/dlr.ts';

/** What a compilation job leaves is loaded and run by SageMaker Neo's own runtime, as AWS built it. */

const folder = mkdtempSync(join(tmpdir(), 'dlr-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The compiler image's own program: with `compiled.meta`, the manifest and the runner, as jobs hand it over. */
async function compile(name: string, framework: string, [file, bytes]: readonly [string, Buffer]): Promise<string> {
  const [input, output] = [join(folder, name, 'in'), join(folder, name, 'out')];
  mkdirSync(input, { recursive: true });
  writeFileSync(join(input, file), bytes);
  const environment = {
    SM_NEO_INPUT_MODEL_DIR: input,
    SM_NEO_COMPILED_MODEL_DIR: output,
    SM_NEO_COMPILATION_ERROR_FILE: join(folder, name, 'errors.json'),
    CLOISTER_NEO_FRAMEWORK: framework,
    CLOISTER_NEO_TARGET: 'LINUX X86_64',
  };
  const program = ['--disable-warning=ExperimentalWarning', 'images/compiler/main.ts'];
  await promisify(execFile)(process.execPath, program, { env: { ...process.env, ...environment } });
  return output;
}

const kinds = [
  'logistic',
  'hinge',
  'poisson',
  'softprob',
  'softmax',
  'two-targets',
  'dart',
  'categorical-partition',
  'vector-leaves',
  'vector-leaves-classes',
  'one-leaf',
  'deep',
  'built-in-trainer',
];

describe.runIf(dlrRunsHere)('DLR', () => {
  it('loads trees of every kind, and predicts what XGBoost does', async () => {
    const cases = xgboostCases().filter(({ name, release }) => release === '3.2.0' && kinds.includes(name));
    expect(cases).toHaveLength(kinds.length);
    const jobs = [];
    for (const { name, models, rows, features } of cases) {
      const [bytes = Buffer.alloc(0)] = Object.values(models);
      const compiled = await compile(name, 'XGBOOST', ['xgboost-model', bytes]);
      jobs.push({ folder: compiled, inputs: { data: { numbers: rows, shape: [rows.length / features, features] } } });
    }
    const answers = await runByDlr(jobs);
    const compared = cases.map(({ name, predictions }, index) => {
      const { backend, version, inputs, results: [found = new Float32Array()] = [] } = answers[index] ?? {};
      return { name, backend, version, inputs, nearly: ulpsBetween(found, predictions) <= 1 };
    });
    expect(compared).toEqual(cases.map(({ name }) => ({ name, backend: 'treelite', version: '1.2.0', inputs: ['data'], nearly: true })));
  });

  it('loads a network of several inputs and outputs, and calls it by their names', async () => {
    const bytes = model({
      nodes: [node('MatMul', ['a', 'b'], ['product']), node('Add', ['product', 'shift'], ['sum']), node('Tanh', ['a'], ['bent'])],
      tensors: [tensor('shift', [4], Float32Array.of(1, -2, 3, -4))],
      inputs: [valueInfo('a', [2, 3]), valueInfo('b', [3, 4])],
      outputs: [valueInfo('sum', [2, 4]), valueInfo('bent', [2, 3])],
    });
    const [a, b] = [Float32Array.of(1, 2, 3, 4, 5, 6), Float32Array.from({ length: 12 }, (_, index) => (index - 5) / 8)];
    const compiled = await compile('network', 'ONNX', ['network.onnx', bytes]);
    const [answer] = await runByDlr([{ folder: compiled, inputs: { a: { numbers: a, shape: [2, 3] }, b: { numbers: b, shape: [3, 4] } } }]);
    expect(answer).toMatchObject({ backend: 'tvm', version: '1.2.0', inputs: ['a', 'b'], outputs: ['sum', 'bent'] });
    const wanted = interpret(readNetwork(bytes), [a, b]);
    expect(answer?.results.map((numbers) => Array.from(numbers))).toEqual(
      wanted.map((numbers) => Array.from(numbers, (number) => expect.closeTo(number, 5) as number)),
    );
  });
});
