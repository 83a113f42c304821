import { read, sizeOf, stridesOf, whole, type Step, type Value } from '../network.ts';
import { spread } from '../network-builder.ts';
import type { Lower, Operation } from '../operation.ts';
import { constantOf } from '../tensor.ts';
import { padded } from './padded.ts';

const piecesMost = 4_096;

/** Operators that move elements, or make them out of nothing. */
export const movement: Readonly<Record<string, Lower>> = {
  Transpose: (operation) => {
    const value = operation.any(0);
    const order = operation.integers('perm') ?? value.dims.map((_, axis) => axis).toReversed();
    if (order.length !== value.dims.length || order.toSorted((a, b) => a - b).some((axis, index) => axis !== index))
      operation.refuse(`perm [${order.slice(0, 8).join(', ')}]`);
    return [transposed(operation, value, order)];
  },
  Concat: (operation) => [concat(operation)],
  Split: (operation) => split(operation),
  Slice: (operation) => [slice(operation)],
  Expand: (operation) => {
    const value = operation.any(0);
    const shape = operation.knownIntegers(1, 'A shape');
    const rank = Math.max(shape.length, value.dims.length);
    const dims = Array.from({ length: rank }, (_, axis) => {
      const [own, wanted] = [value.dims[axis - rank + value.dims.length] ?? 1, shape[axis - rank + shape.length] ?? 1];
      return own === 1 || wanted === 1 || own === wanted ? Math.max(own, wanted) : operation.refuse(`shape [${shape.slice(0, 8).join(', ')}]`);
    });
    return [operation.build.map(dims, [spread(value, dims)], read(0), value.type)];
  },
  Pad: (operation) => [pad(operation)],
  Gather: (operation) => [gather(operation)],
  DepthToSpace: (operation) => {
    const value = operation.float(0);
    const size = operation.integer('blocksize') ?? operation.require('blocksize');
    const mode = operation.word('mode', 'DCR', ['DCR', 'CRD']);
    const [batch = 1, channels = 1, height = 1, width = 1] = value.dims;
    const left = channels / size ** 2;
    if (value.dims.length !== 4 || !(size >= 1) || !Number.isInteger(left))
      operation.refuse(`blocksize ${size} for the shape [${value.dims.join(', ')}]`);
    const blocks = operation.build.view(value, mode === 'DCR' ? [batch, size, size, left, height, width] : [batch, left, size, size, height, width]);
    const moved = transposed(operation, blocks, mode === 'DCR' ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]);
    return [operation.build.view(moved, [batch, left, height * size, width * size])];
  },
  SpaceToDepth: (operation) => {
    const value = operation.float(0);
    const size = operation.integer('blocksize') ?? operation.require('blocksize');
    const [batch = 1, channels = 1, height = 1, width = 1] = value.dims;
    if (value.dims.length !== 4 || !(size >= 1) || height % size !== 0 || width % size !== 0)
      operation.refuse(`blocksize ${size} for the shape [${value.dims.join(', ')}]`);
    const blocks = operation.build.view(value, [batch, channels, height / size, size, width / size, size]);
    const moved = transposed(operation, blocks, [0, 3, 5, 1, 2, 4]);
    return [operation.build.view(moved, [batch, channels * size ** 2, height / size, width / size])];
  },
  Constant: (operation) => {
    const tensor = operation.tensor('value');
    if (tensor !== undefined) return [constantOf(tensor)];
    return operation.require('value');
  },
  ConstantOfShape: (operation) => {
    const dims = operation.knownIntegers(0, 'A shape');
    const tensor = operation.tensor('value');
    const value = tensor === undefined ? undefined : constantOf(tensor);
    return [operation.build.filled(dims, value?.constant?.[0] ?? 0, value?.type ?? 'float32')];
  },
};

function transposed({ build }: Operation, value: Value, order: readonly number[]): Value {
  const strides = stridesOf(value.dims);
  const dims = order.map((axis) => value.dims[axis] ?? 1);
  return build.map(dims, [{ value, offset: 0, strides: order.map((axis) => strides[axis] ?? 0) }], read(0), value.type);
}

function concat(operation: Operation): Value {
  const values = operation.inputs.map((_, index) => operation.any(index));
  const first = operation.any(0);
  if (values.some(({ type }) => type !== first.type)) operation.refuse('More than one data type');
  const axis = operation.axis(operation.integer('axis') ?? operation.require('axis'), first.dims.length);
  for (const { dims } of values)
    if (dims.length !== first.dims.length || dims.some((dimension, index) => index !== axis && dimension !== first.dims[index]))
      operation.refuse(`An input of the shape [${dims.join(', ')}] beside one of [${first.dims.join(', ')}]`);
  const total = values.reduce((sum, { dims }) => sum + (dims[axis] ?? 1), 0);
  return operation.build.make(first.dims.with(axis, total), first.type, (target) => {
    const strides = stridesOf(target.dims);
    let at = 0;
    return values.map((value): Step => {
      const offset = at * (strides[axis] ?? 1);
      at += value.dims[axis] ?? 1;
      return { kind: 'map', dims: value.dims, target: { value: target, offset, strides }, reads: [whole(value)], expression: read(0) };
    });
  });
}

function split(operation: Operation): readonly Value[] {
  const value = operation.any(0);
  const axis = operation.axis(operation.integer('axis', 0), value.dims.length);
  const extent = value.dims[axis] ?? 1;
  const given =
    operation.version < 13
      ? operation.integers('split')
      : operation.inputs[1] === undefined
        ? undefined
        : operation.knownIntegers(1, 'An input split');
  const parts = given ?? Array.from({ length: operation.outputs }, () => extent / operation.outputs);
  if (
    parts.length !== operation.outputs ||
    parts.some((part) => !(part > 0 && Number.isInteger(part))) ||
    parts.reduce((sum, part) => sum + part, 0) !== extent
  )
    operation.refuse(`A split of ${extent} into [${parts.slice(0, 8).join(', ')}]`);
  let at = 0;
  return parts.map((part) => {
    const strides = stridesOf(value.dims);
    const piece = operation.build.map(value.dims.with(axis, part), [{ value, offset: at * (strides[axis] ?? 1), strides }], read(0), value.type);
    at += part;
    return piece;
  });
}

function slice(operation: Operation): Value {
  const value = operation.any(0);
  const isOld = operation.version < 10;
  const starts = isOld ? (operation.integers('starts') ?? operation.require('starts')) : operation.knownIntegers(1, 'An input starts');
  const ends = isOld ? (operation.integers('ends') ?? operation.require('ends')) : operation.knownIntegers(2, 'An input ends');
  const given = isOld ? operation.integers('axes') : operation.inputs[3] === undefined ? undefined : operation.knownIntegers(3, 'An input axes');
  const steps = isOld || operation.inputs[4] === undefined ? starts.map(() => 1) : operation.knownIntegers(4, 'An input steps');
  const axes = operation.axes(given ?? starts.map((_, axis) => axis), value.dims.length);
  if (ends.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length) operation.refuse('A list of another length');
  const dims = [...value.dims];
  const strides = stridesOf(value.dims);
  let offset = 0;
  axes.forEach((axis, index) => {
    const extent = value.dims[axis] ?? 1;
    const step = steps[index] ?? 1;
    if (step === 0) operation.refuse('A step of 0');
    const place = (where = 0): number => (where < 0 ? where + extent : where);
    const [least, most] = step > 0 ? [0, extent] : [-1, extent - 1];
    const start = Math.max(step > 0 ? 0 : -1, Math.min(most, place(starts[index])));
    const end = Math.max(least, Math.min(step > 0 ? extent : extent - 1, place(ends[index])));
    dims[axis] = Math.max(0, Math.ceil((end - start) / step));
    offset += start * (strides[axis] ?? 1);
    strides[axis] = (strides[axis] ?? 1) * step;
  });
  return operation.build.map(dims, [{ value, offset, strides }], read(0), value.type);
}

function pad(operation: Operation): Value {
  const value = operation.float(0);
  const mode = operation.word('mode', 'constant', ['constant', 'edge', 'reflect']);
  const pads = operation.version < 11 ? operation.integers('pads') : operation.knownIntegers(1, 'An input pads');
  const rank = value.dims.length;
  if (pads?.length !== rank * 2 || pads.some((count) => !(count >= 0))) operation.refuse(`pads [${pads?.slice(0, 8).join(', ') ?? ''}]`);
  const [before, after] = [pads.slice(0, rank), pads.slice(rank)];
  if (mode === 'constant') return padded(operation.build, value, before, after, fillOf(operation));
  return before.reduce((padding, count, axis) => padAxis(operation, padding, axis, [count, after[axis] ?? 0], mode === 'reflect' ? 1 : 0), value);
}

/** One axis, with what is at its border (`apart` 0: its last element again and again; 1: its elements mirrored). */
function padAxis(operation: Operation, value: Value, axis: number, [before, after]: readonly [number, number], apart: number): Value {
  const extent = value.dims[axis] ?? 1;
  if (before + after === 0) return value;
  if (apart === 1 && Math.max(before, after) >= extent) operation.refuse(`pads beyond the extent ${extent}`);
  return operation.build.make(value.dims.with(axis, before + extent + after), value.type, (target) => {
    const [strides, to] = [stridesOf(value.dims), stridesOf(target.dims)];
    const stride = strides[axis] ?? 1;
    const piece = (at: number, count: number, from: number, step: number): readonly Step[] =>
      count === 0
        ? []
        : [
            {
              kind: 'map',
              dims: value.dims.with(axis, count),
              target: { value: target, offset: at * (to[axis] ?? 1), strides: to },
              reads: [{ value, offset: from * stride, strides: strides.with(axis, step * stride) }],
              expression: read(0),
            },
          ];
    return [
      ...piece(0, before, apart === 1 ? before : 0, -apart),
      ...piece(before, extent, 0, 1),
      ...piece(before + extent, after, extent - 1 - apart, -apart),
    ];
  });
}

function fillOf(operation: Operation): number {
  if (operation.version < 11) return operation.number('value', 0);
  const value = operation.optionalFloat(2);
  if (value === undefined) return 0;
  if (value.constant === undefined) operation.refuse('A value that is not constant');
  return value.constant[0] ?? 0;
}

function gather(operation: Operation): Value {
  const value = operation.any(0);
  const axis = operation.axis(operation.integer('axis', 0), value.dims.length);
  const extent = value.dims[axis] ?? 1;
  const places = operation.any(1).dims;
  const indices = operation.knownIntegers(1, 'An input indices', piecesMost).map((index) => {
    const place = index < 0 ? index + extent : index;
    return place >= 0 && place < extent ? place : operation.refuse(`index ${index} of ${extent}`);
  });
  if (indices.length > piecesMost) operation.refuse(`More than ${piecesMost} indices`);
  const [outer, inner] = [sizeOf(value.dims.slice(0, axis)), sizeOf(value.dims.slice(axis + 1))];
  const gathered = operation.build.make([outer, indices.length, inner], value.type, (target) =>
    indices.map((index, at) => ({
      kind: 'map',
      dims: [outer, inner],
      target: { value: target, offset: at * inner, strides: [indices.length * inner, 1] },
      reads: [{ value, offset: index * inner, strides: [extent * inner, 1] }],
      expression: read(0),
    })),
  );
  return operation.build.view(gathered, [...value.dims.slice(0, axis), ...places, ...value.dims.slice(axis + 1)]);
}
