import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { buildNetwork, buildRunner } from '../native-build.ts';
import { random } from '../random.ts';
import { targetOf, type CompilerOptions } from '../targets.ts';
import { emitNetwork } from './emit-c.ts';
import { model, node, tensor, valueInfo, type Graph } from './model-writer.ts';
import { optimise } from './optimise.ts';
import { paramsOf } from './packaging.ts';
import { readNetwork, withOwnOutputs } from './read-network.ts';
import { selfCheck } from './self-check.ts';
import { vectorShapeOf } from './vector-shape.ts';

/** `ONNX_SEED=… ONNX_LAYERS=… vitest run --project unit images/compiler/onnx/kernels` replays a run. */
const seed = Number(process.env['ONNX_SEED'] ?? Math.floor(performance.timeOrigin + performance.now()) % 2 ** 31);
const layers = Number(process.env['ONNX_LAYERS'] ?? 8);

vi.setConfig({ testTimeout: 60_000 + layers * 10_000 });

/** Layers beside each other, each of another shape, with an input and an output of its own: shapes that the backend cases do not have. */
function randomLayers(): Graph {
  const next = random(seed);
  const below = (count: number): number => Math.floor(next.next().value * count);
  const parts = { nodes: [] as Buffer[], inputs: [] as Buffer[], outputs: [] as Buffer[], tensors: [] as Buffer[] };
  const weights = (name: string, dims: readonly number[]): void => {
    const size = dims.reduce((product, dimension) => product * dimension, 1);
    parts.tensors.push(
      tensor(
        name,
        dims,
        Float32Array.from({ length: size }, () => next.next().value * 2 - 1),
      ),
    );
  };
  for (let layer = 0; layer < layers; layer += 1) {
    const [x, y, z, w, b] = ['x', 'y', 'z', 'w', 'b'].map((letter) => `${letter}${layer}`) as [string, string, string, string, string];
    const isProduct = layer % 4 === 3;
    const groups = [1, 1, 1, 2, 3][below(5)] ?? 1;
    const [channels, filters] = [groups * (1 + below(5)), groups * (1 + below(40))];
    if (isProduct) {
      const [rows, depth, columns] = [1 + below(9), 1 + below(60), 1 + below(150)];
      parts.inputs.push(valueInfo(x, [rows, depth]));
      weights(w, [depth, columns]);
      weights(b, [columns]);
      parts.nodes.push(node('Gemm', [x, w, b], [y]));
    } else if (layer % 8 === 6) {
      const [kernel, stride] = [1 + below(3), 1 + below(3)];
      parts.inputs.push(valueInfo(x, [2, channels, kernel + below(30), kernel + below(30)]));
      const pads = Array.from({ length: 4 }, () => below(kernel));
      parts.nodes.push(
        node(below(2) === 0 ? 'MaxPool' : 'AveragePool', [x], [y], { kernel_shape: [kernel, kernel], strides: [stride, stride], pads }),
      );
    } else {
      const [kernel, stride, dilation] = [1 + below(4), below(3) === 0 ? 2 : 1, below(4) === 0 ? 2 : 1];
      const covered = (kernel - 1) * dilation + 1;
      parts.inputs.push(valueInfo(x, [1 + below(2), channels, covered + below(12), covered + below(40)]));
      weights(w, [filters, channels / groups, kernel, kernel]);
      weights(b, [filters]);
      const pads = Array.from({ length: 4 }, () => below(3));
      parts.nodes.push(node('Conv', [x, w, b], [y], { group: groups, strides: [stride, stride], dilations: [dilation, dilation], pads }));
    }
    parts.nodes.push(below(2) === 0 ? node('Relu', [y], [z]) : node('LeakyRelu', [y], [z], {}, { alpha: 0.1 }));
    parts.outputs.push(valueInfo(z, []));
  }
  return parts;
}

it.each<readonly [string, CompilerOptions]>([
  ['LINUX X86_64', {}],
  ['LINUX X86_64', { mcpu: 'x86-64-v3' }],
  ['LINUX X86_64', { mcpu: 'skylake-avx512' }],
  ['LINUX ARM64', {}],
])(`layers of random shapes are what the interpreter says on %s %j (ONNX_SEED=${seed})`, async (name, options) => {
  const folder = mkdtempSync(join(tmpdir(), 'onnx-kernels-test-'));
  try {
    const { signal } = new AbortController();
    const target = targetOf(name, options);
    const network = withOwnOutputs(readNetwork(model(randomLayers())));
    const { steps, weights } = emitNetwork(optimise(network), vectorShapeOf(target));
    const library = await buildNetwork(folder, steps, target, signal);
    writeFileSync(join(folder, 'compiled.params'), paramsOf('weights', weights));
    const { rows } = await selfCheck(network, { library, runner: await buildRunner(folder, target, signal), target }, signal);
    // A processor without the instructions of the target does not run it.
    if (options.mcpu === undefined) expect(rows).toBeGreaterThan(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
