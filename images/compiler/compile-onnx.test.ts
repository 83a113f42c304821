import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compileOnnx } from './compile-onnx.ts';
import { convolutional, perceptron } from './onnx/digit-networks.ts';
import { emitNetwork } from './onnx/emit-c.ts';
import { model, node, valueInfo } from './onnx/model-writer.ts';
import { optimise } from './onnx/optimise.ts';
import { paramsOf } from './onnx/packaging.ts';
import { readNetwork, withOwnOutputs } from './onnx/read-network.ts';
import { selfCheck } from './onnx/self-check.ts';
import { buildNetwork, buildRunner } from './native-build.ts';
import { targetOf } from './targets.ts';

vi.setConfig({ testTimeout: 120_000 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'compile-onnx-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { signal } = new AbortController();

async function compile(bytes: Buffer, target: string, dataInputConfig?: unknown) {
  const contract = { inputFolder: join(folder, 'in'), outputFolder: join(folder, 'out'), options: {}, framework: 'ONNX', target, dataInputConfig };
  for (const name of ['in', 'out']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'in', 'digits.onnx'), bytes);
  return await compileOnnx(contract, targetOf(target), signal);
}

describe('a compiled network', () => {
  it.each(['LINUX X86_64', 'LINUX ARM64', 'ml_c6g'])('agrees with the interpreter on %s', async (target) => {
    const { selfCheck: checked, inputs, outputs } = await compile(convolutional(), target);
    expect(checked.rows).toBeGreaterThan(1);
    expect(inputs).toEqual([{ name: 'image', shape: [1, 1, 28, 28], dtype: 'float32' }]);
    expect(outputs).toEqual([{ name: 'digit', shape: [1, 10], dtype: 'float32' }]);
    expect(readdirSync(join(folder, 'out')).toSorted()).toEqual(['compiled.params', 'compiled.so', 'compiled_model.json', 'runner']);
  });

  it('is called as TVM calls it: inputs, weights, outputs, and what it works in', async () => {
    await compile(perceptron(3), 'LINUX X86_64');
    const graph = JSON.parse(readFileSync(join(folder, 'out', 'compiled_model.json'), 'utf8')) as Record<string, unknown>;
    expect(graph).toMatchObject({ arg_nodes: [0, 1], heads: [[2, 0, 0]], node_row_ptr: [0, 1, 2, 4] });
    const { shape, dltype } = graph['attrs'] as { shape: [string, number[][]]; dltype: [string, string[]] };
    expect([shape[1][0], shape[1][2], dltype[1].length]).toEqual([[3, 784], [3, 10], 4]);
    const params = readFileSync(join(folder, 'out', 'compiled.params'));
    expect(params.readBigUInt64LE()).toBe(0xf7e5_8d4f_0504_9cb7n);
    // Header, the name `weights`, and as many floats as the graph says.
    expect(params.length).toBe(32 + 7 + 24 + 12 + 4 + 16 + 4 * (shape[1][1]?.[0] ?? 0));
  });

  it('takes the shape that DataInputConfig gives', async () => {
    const bytes = model({ nodes: [node('Tanh', ['x'], ['y'])], inputs: [valueInfo('x', ['n', 7])], outputs: [valueInfo('y', ['n', 7])] });
    const { outputs } = await compile(bytes, 'LINUX X86_64', { x: [5, 7] });
    expect(outputs).toEqual([{ name: 'y', shape: [5, 7], dtype: 'float32' }]);
  });

  it('that differs from what was given fails the job', async () => {
    const network = withOwnOutputs(readNetwork(perceptron()));
    const { steps, weights } = emitNetwork(optimise(network), { lanes: 4, sums: 12 });
    const target = targetOf('LINUX X86_64');
    const library = await buildNetwork(folder, steps, target, signal);
    const runner = await buildRunner(folder, target, signal);
    const check = async (numbers: Float32Array): Promise<unknown> => {
      writeFileSync(join(folder, 'compiled.params'), paramsOf('weights', numbers));
      return await selfCheck(network, { library, runner, target }, signal);
    };
    expect(await check(weights)).toMatchObject({ rows: 16 });
    await expect(check(weights.map((weight, at) => (at === 7_000 ? weight + 0.5 : weight)))).rejects.toThrow(
      'the compiled model differs from the given one',
    );
  });
});
