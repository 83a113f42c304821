import { expect, it, vi } from 'vitest';
import { seededRandom } from '../../../src/stdx/random.ts';
import { damage } from '../../../test/fixtures/damage.ts';
import { InputError } from '../input-error.ts';
import { damageFields } from '../../../test/fixtures/damage-fields.ts';
import { emitNetwork } from './emit-c.ts';
import { interpret } from './interpret.ts';
import { model, node, tensor, valueInfo } from './model-writer.ts';
import { sizeOf, type Network } from './network.ts';
import { optimise } from './optimise.ts';
import { readNetwork, withOwnOutputs } from './read-network.ts';
import { firstDifference } from './self-check.ts';
import { workOf } from './work.ts';

/** `ONNX_SEED=… ONNX_RUNS=… npm run fuzz -- -t networks` replays a run. */
const seed = Number(process.env['ONNX_SEED'] ?? Math.floor(performance.timeOrigin + performance.now()) % 2 ** 31);
const runs = Number(process.env['ONNX_RUNS'] ?? 1_500);

vi.setConfig({ testTimeout: 20_000 + runs * 20 });

/** Of each kind of step and of attribute a little. */
const original = model({
  nodes: [
    node('Conv', ['image', 'k', 'b'], ['c'], { pads: [1, 1, 1, 1], strides: [1, 1], group: 1, kernel_shape: [3, 3] }),
    node('BatchNormalization', ['c', 'b', 'b', 'b', 'v'], ['n'], {}, { epsilon: 0.01 }),
    node('LeakyRelu', ['n'], ['l'], {}, { alpha: 0.2 }),
    node('MaxPool', ['l'], ['p'], { kernel_shape: [2, 2], strides: [2, 2] }),
    node('Transpose', ['p'], ['t'], { perm: [0, 2, 3, 1] }),
    node('Concat', ['t', 't'], ['tt'], { axis: -1 }),
    node('Reshape', ['tt', 'shape'], ['r']),
    node('Gemm', ['r', 'w', 'g'], ['s'], { transB: 1 }, { alpha: 0.5 }),
    node('ReduceMean', ['s'], ['m'], { axes: [1], keepdims: 1 }),
    node('Sub', ['s', 'm'], ['d']),
    node('Softmax', ['d'], ['y'], { axis: 1 }),
  ],
  tensors: [
    tensor('k', [2, 1, 3, 3], new Float32Array(18).fill(0.1)),
    tensor('b', [2], Float32Array.of(0.5, -0.5)),
    tensor('v', [2], Float32Array.of(1, 2)),
    tensor('shape', [2], BigInt64Array.of(1n, -1n)),
    tensor('w', [3, 36], new Float32Array(108).fill(0.1)),
    tensor('g', [3], Float32Array.of(1, 2, 3)),
  ],
  inputs: [valueInfo('image', [1, 1, 6, 6])],
  outputs: [valueInfo('y', [1, 3])],
});

it(`damaged networks are read or refused, never anything else (ONNX_SEED=${seed})`, () => {
  const random = seededRandom(seed);
  const below = (count: number): number => Number.parseInt(random.hex(8), 16) % count;
  expect(readNetwork(original).outputs).toHaveLength(1);
  let refused = 0;
  for (let run = 0; run < runs; run += 1) {
    try {
      const network = withOwnOutputs(readNetwork(run % 2 === 0 ? damage(original, below) : damageFields(original, below)));
      const better = optimise(network);
      if (network.steps.reduce((sum, step) => sum + workOf(step), 0) < workMost) expectSame(network, better);
      const { steps } = emitNetwork(better, { lanes: 8, sums: 12 });
      // Whatever the model says becomes numbers: no name of it stands in the C. Strings are names of our files, and what NaN is made of.
      expect(steps.replaceAll(/^#include "[a-z-]+\.h"$|__builtin_nanf\(""\)/gmu, '')).not.toMatch(/["\\]/u);
    } catch (error) {
      if (!(error instanceof InputError))
        throw new Error(`run ${run}: ONNX_SEED=${seed} ONNX_RUNS=${run + 1} npm run fuzz -- -t networks`, { cause: error });
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(runs / 4);
});

/** What is interpreted takes a moment. */
const workMost = 100_000;

/** What becomes C says what the steps as they were read say. */
function expectSame(network: Network, better: Network): void {
  const given = network.inputs.map(({ value }) => Float32Array.from({ length: sizeOf(value.dims) }, (_, at) => ((at * 7) % 11) / 4 - 1));
  const found = interpret(better, given);
  for (const [output, wanted] of interpret(network, given).entries())
    expect(firstDifference(wanted, found[output] ?? new Float32Array())).toBeUndefined();
}
