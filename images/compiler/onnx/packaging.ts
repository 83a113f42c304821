import { rounded } from './memory-plan.ts';
import type { Network } from './network.ts';

/** TVM's formats: https://github.com/apache/tvm/blob/v0.8.0/src/runtime/graph_executor/graph_executor.cc and include/tvm/runtime/ndarray.h */
const listMagic = 0xf7e5_8d4f_0504_9cb7n;
const arrayMagic = 0xdd5e_40f0_96b4_a13fn;
const processor = 1;
const float32 = [2, 32, 1, 0];

/** `compiled.params`: one array by name. The numbers are its end. */
export function paramsOf(name: string, numbers: Float32Array): Buffer {
  const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const label = Buffer.from(name);
  return Buffer.concat([
    integers(listMagic, 0n, 1n, BigInt(label.length)),
    label,
    integers(1n, arrayMagic, 0n),
    Buffer.from(Int32Array.of(processor, 0, 1).buffer),
    Buffer.from(float32),
    integers(BigInt(numbers.length), BigInt(bytes.length)),
    bytes,
  ]);
}

const integers = (...values: readonly bigint[]): Buffer => Buffer.from(BigUint64Array.from(values).buffer);

/** A name that no input has. */
export function weightsName({ inputs }: Network): string {
  let name = 'weights';
  while (inputs.some((input) => input.name === name)) name += '_';
  return name;
}

/**
 * `compiled_model.json`: inputs, weights, and one function of them. The array that it works in is an output nobody asks
 * for, so that TVM allocates it with each instance of the model.
 */
export function graphOf({ inputs, outputs }: Network, { weights, arena }: { readonly weights: Float32Array; readonly arena: number }): object {
  const given = [...inputs.map(({ name }) => name), weightsName({ inputs, outputs, steps: [] })];
  const made = [...outputs.map(({ value }) => value.dims), [rounded(arena)]];
  const entries = [...inputs.map(({ value }) => value.dims), [weights.length], ...made];
  const call = {
    func_name: 'cloister_main',
    num_inputs: String(given.length),
    num_outputs: String(made.length),
    flatten_data: '0',
    hash: '0',
  };
  return {
    nodes: [
      ...given.map((name) => ({ op: 'null', name, inputs: [] })),
      { op: 'tvm_op', name: 'cloister_main', attrs: call, inputs: given.map((_, index) => [index, 0, 0]) },
    ],
    arg_nodes: given.map((_, index) => index),
    heads: outputs.map((_, index) => [given.length, index, 0]),
    attrs: {
      dltype: ['list_str', entries.map(() => 'float32')],
      shape: ['list_shape', entries],
      storage_id: ['list_int', entries.map((_, index) => index)],
    },
    node_row_ptr: [...given.map((_, index) => index), given.length, entries.length],
  };
}
