import { call, identity, number, read, sizeOf, stridesOf, type Value } from '../network.ts';
import { broadcast, spread } from '../network-builder.ts';
import type { Lower, Operation } from '../operation.ts';

export const products: Readonly<Record<string, Lower>> = {
  MatMul: (operation) => [matMul(operation, operation.float(0), operation.float(1))],
  Gemm: (operation) => [gemm(operation)],
};

/** Each of them is a call of its own. */
const batchMost = 4_096;

/** As numpy.matmul has it: the last two axes are matrices, the ones before are broadcast. */
function matMul(operation: Operation, left: Value, right: Value): Value {
  if (left.dims.length === 0 || right.dims.length === 0) operation.refuse('A number instead of a matrix');
  const a = left.dims.length === 1 ? operation.build.view(left, [1, ...left.dims]) : left;
  const b = right.dims.length === 1 ? operation.build.view(right, [...right.dims, 1]) : right;
  const [rows = 1, depth = 1] = a.dims.slice(-2);
  const [depthOfRight = 1, columns = 1] = b.dims.slice(-2);
  if (depth !== depthOfRight) operation.refuse(`A product of the shapes [${left.dims.join(', ')}] and [${right.dims.join(', ')}]`);
  const batch = broadcast([a.dims.slice(0, -2), b.dims.slice(0, -2)]);
  // Rows of a batch that all meet the same matrix are rows of one product.
  const isOne = sizeOf(b.dims.slice(0, -2)) === 1;
  const outer = isOne ? [] : batch;
  if (sizeOf(outer) > batchMost) operation.refuse(`A batch of more than ${batchMost} products`);
  const product = operation.build.make([...batch, rows, columns], 'float32', (target) => [
    {
      kind: 'product',
      rows: isOne ? rows * sizeOf(batch) : rows,
      depth,
      columns,
      batch: outer,
      target,
      left: isOne ? { value: a, offset: 0, strides: [depth, 1] } : matrices(a, outer),
      right: isOne ? { value: b, offset: 0, strides: [columns, 1] } : matrices(b, outer),
      bias: undefined,
      after: identity,
    },
  ]);
  const dims = [...batch, ...(left.dims.length === 1 ? [] : [rows]), ...(right.dims.length === 1 ? [] : [columns])];
  return dims.length === product.dims.length ? product : operation.build.view(product, dims);
}

function matrices(value: Value, batch: readonly number[]) {
  const [rows = 1, columns = 1] = value.dims.slice(-2);
  const outer = value.dims.slice(0, -2);
  const strides = stridesOf(outer).map((stride) => stride * rows * columns);
  const missing = batch.length - outer.length;
  return {
    value,
    offset: 0,
    strides: [...batch.map((_, axis) => ((outer[axis - missing] ?? 1) === 1 ? 0 : (strides[axis - missing] ?? 0))), columns, 1],
  };
}

function gemm(operation: Operation): Value {
  const { build } = operation;
  // Before operator set 7 it had to be said that C may be smaller.
  if (operation.version < 7) operation.flag('broadcast');
  const [a, b, c] = [operation.float(0), operation.float(1), operation.optionalFloat(2)];
  const [alpha, beta] = [operation.number('alpha', 1), operation.number('beta', 1)];
  const [transA, transB] = [operation.flag('transA') !== 0, operation.flag('transB') !== 0];
  if (a.dims.length !== 2 || b.dims.length !== 2) operation.refuse(`A product of the shapes [${a.dims.join(', ')}] and [${b.dims.join(', ')}]`);
  const [rows = 1, depth = 1] = transA ? a.dims.toReversed() : a.dims;
  const [depthOfRight = 1, columns = 1] = transB ? b.dims.toReversed() : b.dims;
  if (depth !== depthOfRight) operation.refuse(`A product of the shapes [${a.dims.join(', ')}] and [${b.dims.join(', ')}]`);
  const scaled = c === undefined || beta === 1 ? c : build.elementwise([c], call('multiply', read(0), number(beta)));
  const isPerColumn = scaled !== undefined && alpha === 1 && sizeOf(scaled.dims) === columns && (scaled.dims.at(-1) ?? 1) === columns;
  const product = build.make([rows, columns], 'float32', (target) => [
    {
      kind: 'product',
      rows,
      depth,
      columns,
      batch: [],
      target,
      left: { value: a, offset: 0, strides: transA ? [1, rows] : [depth, 1] },
      right: { value: b, offset: 0, strides: transB ? [1, depth] : [columns, 1] },
      bias: isPerColumn ? scaled : undefined,
      after: alpha === 1 ? identity : call('multiply', number(alpha), read(0)),
    },
  ]);
  if (scaled === undefined || isPerColumn) return product;
  if (broadcast([product.dims, scaled.dims]).join() !== product.dims.join()) operation.refuse(`C of the shape [${scaled.dims.join(', ')}]`);
  return build.map(product.dims, [spread(product, product.dims), spread(scaled, product.dims)], call('add', read(0), read(1)));
}
