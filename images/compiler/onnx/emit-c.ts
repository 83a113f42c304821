import { cArray } from '../c-text.ts';
import { emitConvolution, extents, type EmittedStep } from './emit-convolution.ts';
import { emitMap, emitReduce } from './emit-loops.ts';
import { emitProduct } from './emit-product.ts';
import { planMemory, rounded } from './memory-plan.ts';
import { rootOf, sizeOf, type Access, type Network, type PoolStep, type ProductStep, type Step, type Value } from './network.ts';
import { refuseModel } from './refusals.ts';
import type { VectorShape } from './vector-shape.ts';
import { Weights } from './weights.ts';

/** Each is a line of C. */
const productsMost = 20_000;

/** What is compiled of a network. No name of the model is in it: arrays and steps have numbers. */
export interface EmittedNetwork {
  /** native/network/steps.h */
  readonly steps: string;
  readonly weights: Float32Array;
  /** Floats that it works in. */
  readonly arena: number;
}

export function emitNetwork(network: Network, shape: VectorShape): EmittedNetwork {
  const products = network.steps.reduce((sum, step) => sum + (step.kind === 'product' ? sizeOf(step.batch) : 0), 0);
  if (products > productsMost) refuseModel(`${products} products of matrices are too many: at most ${productsMost} are compiled.`);
  const { places, size } = planMemory(network);
  const weights = new Weights();
  const inputs = new Map(network.inputs.map(({ value }, index) => [value, index]));
  const outputs = new Map(network.outputs.map(({ value }, index) => [rootOf(value), index]));
  const pointer = (value: Value, offset = 0): string => {
    const root = rootOf(value);
    if (outputs.has(root)) return `out[${outputs.get(root)}] + ${offset}`;
    if (inputs.has(root)) return `in[${inputs.get(root)}] + ${offset}`;
    return root.constant === undefined ? `arena + ${(places.get(root) ?? 0) + offset}` : `weights + ${weights.of(root) + offset}`;
  };
  const emitted = network.steps.map((step, index) => emitStep(`step_${index}`, step, { shape, weights, pointer }));
  const all = weights.all();
  const arena = Math.max(size, rounded(1));
  const sizes = (ports: Network['inputs']): readonly number[] => ports.map(({ value }) => sizeOf(value.dims));
  const steps = [
    `enum { INPUTS = ${network.inputs.length}, OUTPUTS = ${network.outputs.length}, WEIGHTS = ${all.length}, ARENA = ${arena} };`,
    cArray('int32_t', 'input_sizes', sizes(network.inputs)),
    cArray('int32_t', 'output_sizes', sizes(network.outputs)),
    ...emitted.map(({ code }) => code),
    'static void run(const float *const *in, const float *weights, float *const *out, float *arena) {',
    '  (void)in, (void)weights, (void)arena;',
    ...emitted.flatMap(({ calls }) => calls.map((one) => `  ${one}`)),
    '}',
    '',
  ];
  return { steps: steps.join('\n'), weights: all, arena };
}

interface Emitting {
  readonly shape: VectorShape;
  readonly weights: Weights;
  readonly pointer: (value: Value, offset?: number) => string;
}

function emitStep(name: string, step: Step, { shape, weights, pointer }: Emitting): { readonly code: string; readonly calls: readonly string[] } {
  const at = ({ value, offset }: Access): string => pointer(value, offset);
  switch (step.kind) {
    case 'map':
      return { code: emitMap(name, step), calls: [`${name}(${[...step.reads, step.target].map(at).join(', ')});`] };
    case 'reduce':
      return { code: emitReduce(name, step), calls: [`${name}(${at(step.read)}, ${at(step.target)});`] };
    case 'pool':
      return { code: included(name, emitPool(step)), calls: [`${name}(${pointer(step.input)}, ${pointer(step.target)});`] };
    case 'convolution': {
      const emitted = emitConvolution(step, shape, weights);
      const [w, b] = parameters(emitted, step.weights, step.bias, pointer);
      return { code: included(name, emitted), calls: [`${name}(${pointer(step.input)}, ${w}, ${b}, ${pointer(step.target)});`] };
    }
    case 'product': {
      const emitted = emitProduct(step, shape, weights);
      const [w, b] = parameters(emitted, step.right.value, step.bias, pointer);
      const places = batchPlaces(step);
      const calls = places.map(
        ([left, right], index) =>
          `${name}(${pointer(step.left.value, step.left.offset + left)}, ${emitted.weights === undefined ? pointer(step.right.value, step.right.offset + right) : w}, ${b}, ${pointer(step.target, index * step.rows * step.columns)});`,
      );
      return { code: included(name, emitted), calls };
    }
  }
}

function parameters({ weights, bias }: EmittedStep, given: Value, added: Value | undefined, pointer: Emitting['pointer']): readonly [string, string] {
  return [
    weights === undefined ? pointer(given) : `weights + ${weights}`,
    bias === undefined && added !== undefined ? pointer(added) : `weights + ${bias ?? 0}`,
  ];
}

function included(name: string, { kernel, defines }: EmittedStep): string {
  return [`#define STEP ${name}`, ...defines, `#include "${kernel}"`].join('\n');
}

function emitPool(step: PoolStep): EmittedStep {
  return {
    kernel: 'pool.h',
    defines: [
      ...extents(step),
      ...step.padding.map((padding, axis) => `#define PADDING_${'DHW'[axis] ?? ''} ${padding}`),
      `#define BATCH ${step.planes}`,
      ...(step.by === 'maximum' ? ['#define MAXIMUM'] : []),
      ...(step.countsPadding ? ['#define COUNTS_PADDING'] : []),
    ],
  };
}

/** Where the matrices of each product of a batch begin. */
function batchPlaces({ batch, left, right }: ProductStep): readonly (readonly [number, number])[] {
  return Array.from({ length: sizeOf(batch) }, (_, index) => {
    let [rest, a, b] = [index, 0, 0];
    for (let axis = batch.length - 1; axis >= 0; axis -= 1) {
      const here = rest % (batch[axis] ?? 1);
      rest = Math.floor(rest / (batch[axis] ?? 1));
      a += here * (left.strides[axis] ?? 0);
      b += here * (right.strides[axis] ?? 0);
    }
    return [a, b] as const;
  });
}
