import { number, read, stridesOf, whole, type Value } from '../network.ts';
import type { NetworkBuilder } from '../network-builder.ts';

/** A copy with so many elements of one value before and behind each axis; the same array where there are none. */
export function padded(build: NetworkBuilder, value: Value, before: readonly number[], after: readonly number[], fill: number): Value {
  if ([...before, ...after].every((count) => count === 0)) return value;
  const dims = value.dims.map((dimension, axis) => dimension + (before[axis] ?? 0) + (after[axis] ?? 0));
  const strides = stridesOf(dims);
  const offset = strides.reduce((sum, stride, axis) => sum + stride * (before[axis] ?? 0), 0);
  return build.make(dims, value.type, (target) => [
    { kind: 'map', dims, target: whole(target), reads: [], expression: number(fill) },
    { kind: 'map', dims: value.dims, target: { value: target, offset, strides }, reads: [whole(value)], expression: read(0) },
  ]);
}
