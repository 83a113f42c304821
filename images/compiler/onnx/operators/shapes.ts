import { sizeOf, type Value } from '../network.ts';
import type { Lower, Operation } from '../operation.ts';

/** Operators that change what shape an array is said to have, and nothing in it. */
export const shapes: Readonly<Record<string, Lower>> = {
  Identity: (operation) => [operation.any(0)],
  Flatten: (operation) => {
    const value = operation.any(0);
    const rank = value.dims.length;
    const given = operation.integer('axis', 1);
    const axis = given === rank ? rank : operation.axis(given, Math.max(1, rank));
    return [operation.build.view(value, [sizeOf(value.dims.slice(0, axis)), sizeOf(value.dims.slice(axis))])];
  },
  Reshape: (operation) => [reshape(operation)],
  Squeeze: (operation) => {
    const value = operation.any(0);
    const given = axesOf(operation) ?? value.dims.flatMap((dimension, axis) => (dimension === 1 ? [axis] : []));
    const axes = operation.axes(given, value.dims.length);
    if (axes.some((axis) => value.dims[axis] !== 1)) operation.refuse(`axes [${given.join(', ')}] of the shape [${value.dims.join(', ')}]`);
    return [
      operation.build.view(
        value,
        value.dims.filter((_, axis) => !axes.includes(axis)),
      ),
    ];
  },
  Unsqueeze: (operation) => {
    const value = operation.any(0);
    const given = axesOf(operation) ?? operation.require('axes');
    const rank = value.dims.length + given.length;
    const axes = operation.axes(given, rank);
    const left = [...value.dims];
    return [
      operation.build.view(
        value,
        Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : (left.shift() ?? 1))),
      ),
    ];
  },
  Shape: (operation) => {
    const { dims } = operation.any(0);
    const bound = (given: number): number => Math.max(0, Math.min(dims.length, given < 0 ? given + dims.length : given));
    const [start, end] = [bound(operation.integer('start', 0)), bound(operation.integer('end') ?? dims.length)];
    return [operation.build.integers(dims.slice(start, end))];
  },
  Size: (operation) => [operation.build.view(operation.build.integers([sizeOf(operation.any(0).dims)]), [])],
};

/** Before operator set 13 an attribute, then an input. */
function axesOf(operation: Operation): readonly number[] | undefined {
  if (operation.version < 13) return operation.integers('axes');
  return operation.inputs[1] === undefined ? undefined : operation.knownIntegers(1, 'An input axes');
}

function reshape(operation: Operation): Value {
  const value = operation.any(0);
  const given = operation.knownIntegers(1, 'A shape');
  const allowsZero = operation.flag('allowzero') === 1;
  const dims = given.map((dimension, axis) =>
    dimension === 0 && !allowsZero ? (value.dims[axis] ?? operation.refuse(`shape [${given.join(', ')}]`)) : dimension,
  );
  const known = sizeOf(dims.filter((dimension) => dimension !== -1));
  const found = dims.map((dimension) => (dimension === -1 ? sizeOf(value.dims) / known : dimension));
  if (
    dims.filter((dimension) => dimension === -1).length > 1 ||
    found.some((dimension) => !(dimension > 0 && Number.isSafeInteger(dimension))) ||
    sizeOf(found) !== sizeOf(value.dims)
  )
    operation.refuse(`shape [${given.join(', ')}] of an array of the shape [${value.dims.join(', ')}]`);
  return operation.build.view(value, found);
}
