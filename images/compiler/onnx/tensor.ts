import { endianness } from 'node:os';
import type { TensorProto } from './model-proto.ts';
import { sizeOf, type ElementType, type Value } from './network.ts';
import { refuseFile, refuseModel, shown } from './refusals.ts';

interface Format {
  readonly name: string;
  readonly bytes: number;
  /** What it is here, where it is something. */
  readonly as?: ElementType;
  readonly read?: (view: DataView, at: number) => number;
}

/** TensorProto.DataType of https://github.com/onnx/onnx/blob/v1.12.0/onnx/onnx.proto */
const formats: Readonly<Record<number, Format>> = {
  1: { name: 'float32', bytes: 4, as: 'float32', read: (view, at) => view.getFloat32(at, true) },
  2: { name: 'uint8', bytes: 1 },
  3: { name: 'int8', bytes: 1 },
  4: { name: 'uint16', bytes: 2 },
  5: { name: 'int16', bytes: 2 },
  6: { name: 'int32', bytes: 4, as: 'int64', read: (view, at) => view.getInt32(at, true) },
  7: { name: 'int64', bytes: 8, as: 'int64', read: (view, at) => clamped(view.getBigInt64(at, true)) },
  8: { name: 'string', bytes: 0 },
  9: { name: 'bool', bytes: 1, as: 'int64', read: (view, at) => view.getUint8(at) },
  10: { name: 'float16', bytes: 2 },
  11: { name: 'float64', bytes: 8 },
  12: { name: 'uint32', bytes: 4 },
  13: { name: 'uint64', bytes: 8 },
};

export const typeName = (dataType: number | undefined): string => formats[dataType ?? 0]?.name ?? `number ${dataType ?? 0}`;

export const float32 = 1;

const clamped = (value: bigint): number => Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value)));

const dimensionMost = 2 ** 31 - 1;
export const rankMost = 8;

/** A tensor of the file as a constant: its numbers must all be there. */
export function constantOf(tensor: TensorProto): Value {
  const { name, dims, dataType } = tensor;
  const format = formats[dataType];
  if (tensor.isExternal) refuseFile(`Tensor ${shown(name)} is in a file of its own: give one .onnx file that holds everything.`);
  if (format?.as === undefined || format.read === undefined)
    refuseModel(`Data type ${typeName(dataType)} is not supported in tensor ${shown(name)}.`);
  if (dims.length > rankMost) refuseModel(`Tensor ${shown(name)} has more than ${rankMost} dimensions.`);
  if (dims.some((dimension) => dimension < 0 || dimension > dimensionMost)) refuseFile(`Tensor ${shown(name)} has the shape [${dims.join(', ')}].`);
  const size = sizeOf(dims);
  const given = tensor.raw === undefined ? (dataType === float32 ? tensor.floats.length : tensor.integers.length) : tensor.raw.length / format.bytes;
  if (given !== size) refuseFile(`Tensor ${shown(name)} has ${given} values, not ${size}: the file is cut off or no ONNX model.`);
  return { type: format.as, dims, constant: numbersOf(tensor, format, size) };
}

function numbersOf({ raw, floats, integers, dataType }: TensorProto, { read }: Format, size: number): Float32Array | Float64Array {
  if (raw === undefined) return dataType === float32 ? Float32Array.from(floats) : Float64Array.from(integers);
  // A copy, because its place in the file is no multiple of four.
  if (dataType === float32 && endianness() === 'LE') return new Float32Array(Uint8Array.from(raw).buffer);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  const numbers = dataType === float32 ? new Float32Array(size) : new Float64Array(size);
  const bytes = raw.length / Math.max(1, size);
  for (let index = 0; index < size; index += 1) numbers[index] = read?.(view, index * bytes) ?? 0;
  return numbers;
}
