import { emitAfter } from './emit-expression.ts';
import { vectors, type EmittedStep } from './emit-convolution.ts';
import { rootOf, type ProductStep } from './network.ts';
import type { VectorShape } from './vector-shape.ts';
import type { Weights } from './weights.ts';

const vectorsMost = 8;
/** Sums under way at once, so that none waits for another: latency times throughput of a multiplication. */
const sumsWanted = 8;

export function emitProduct(step: ProductStep, shape: VectorShape, weights: Weights): EmittedStep {
  const { rows, depth, columns, batch, left, right } = step;
  const numbers = rootOf(right.value).constant;
  const bias = step.bias === undefined ? new Float32Array(columns) : rootOf(step.bias).constant;
  const [leftRow = 0, leftDepth = 0] = left.strides.slice(batch.length);
  const [rightDepth = 0, rightColumn = 0] = right.strides.slice(batch.length);
  const common = [
    ...emitAfter(step.after),
    `#define BATCH ${rows}`,
    `#define DEPTH ${depth}`,
    `#define COLUMNS ${columns}`,
    `#define LEFT_ROW ${leftRow}`,
    `#define LEFT_DEPTH ${leftDepth}`,
  ];
  if (numbers === undefined || bias === undefined || batch.length > 0) {
    const defines = [...common, `#define RIGHT_DEPTH ${rightDepth}`, `#define RIGHT_COLUMN ${rightColumn}`];
    return { kernel: 'product-plain.h', defines, ...(bias !== undefined && { bias: weights.add(Float32Array.from(bias)) }) };
  }
  const lanes = [4, 8, 16].find((one) => one === shape.lanes || one >= columns) ?? shape.lanes;
  const atOnce = Math.min(rows, 4);
  const wide = Math.max(1, Math.min(vectorsMost, Math.floor(shape.sums / atOnce), Math.ceil(columns / lanes)));
  const parts = Math.max(1, Math.min(4, Math.floor(sumsWanted / (wide * atOnce))));
  const width = wide * lanes;
  const blocks = Math.ceil(columns / width);
  const packed = new Float32Array(blocks * depth * width);
  const filled = new Float32Array(blocks * width);
  for (let column = 0; column < columns; column += 1) {
    filled[column] = bias[column] ?? 0;
    const [block, lane] = [Math.floor(column / width), column % width];
    for (let k = 0; k < depth; k += 1)
      packed[(block * depth + k) * width + lane] = numbers[right.offset + k * rightDepth + column * rightColumn] ?? 0;
  }
  return {
    kernel: 'product-packed.h',
    defines: [
      ...common,
      ...vectors(lanes),
      `#define VECTORS ${wide}`,
      `#define BLOCKS ${blocks}`,
      `#define ROWS ${atOnce}`,
      `#define PARTS ${parts}`,
    ],
    weights: weights.add(packed),
    bias: weights.add(filled),
  };
}
