import type { Extents } from '../network.ts';
import type { Operation } from '../operation.ts';

/** How a window moves over an image of one to three dimensions; the missing ones are of extent 1 and in front. */
export interface Windows {
  readonly from: Extents;
  readonly to: Extents;
  readonly kernel: Extents;
  readonly strides: Extents;
  readonly dilations: Extents;
  readonly before: Extents;
  readonly after: Extents;
  /** Of the result, without batch and channels. */
  readonly dims: readonly number[];
}

const extentMost = 2 ** 24;

export const three = (given: readonly number[], fill: number): Extents => {
  const [depth = fill, height = fill, width = fill] = [...Array.from({ length: 3 - given.length }, () => fill), ...given];
  return [depth, height, width];
};

export function windowsOf(operation: Operation, image: readonly number[], kernel: readonly number[], ceil: boolean): Windows {
  const rank = image.length;
  if (rank < 1 || rank > 3) operation.refuse(`An image of ${rank} dimensions`);
  const strides = list(operation, 'strides', rank, 1);
  const dilations = list(operation, 'dilations', rank, 1);
  const covered = kernel.map((extent, axis) => (extent - 1) * (dilations[axis] ?? 1) + 1);
  const pads = padsOf(operation, image, covered, strides);
  const dims = image.map((extent, axis) => {
    const room = extent + (pads[axis] ?? 0) + (pads[axis + rank] ?? 0) - (covered[axis] ?? 1);
    const moves = room / (strides[axis] ?? 1);
    if (room < 0) operation.refuse(`A window of [${kernel.join(', ')}] on an image of [${image.join(', ')}]`);
    return (ceil ? Math.ceil(moves) : Math.floor(moves)) + 1;
  });
  return {
    from: three(image, 1),
    to: three(dims, 1),
    kernel: three(kernel, 1),
    strides: three(strides, 1),
    dilations: three(dilations, 1),
    before: three(pads.slice(0, rank), 0),
    after: three(pads.slice(rank), 0),
    dims,
  };
}

function list(operation: Operation, name: string, length: number, least: number): readonly number[] {
  const given = operation.integers(name) ?? Array.from({ length }, () => least);
  if (given.length !== length || given.some((one) => !(one >= least && one <= extentMost)))
    operation.refuse(`${name} [${given.slice(0, 8).join(', ')}]`);
  return given;
}

/** Of all axes in front, then of all behind. */
function padsOf(operation: Operation, image: readonly number[], covered: readonly number[], strides: readonly number[]): readonly number[] {
  const how = operation.word('auto_pad', 'NOTSET', ['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER']);
  const given = list(operation, 'pads', image.length * 2, 0);
  if (how === 'NOTSET') return given;
  if (given.some((pad) => pad !== 0)) operation.refuse('pads beside auto_pad');
  if (how === 'VALID') return given;
  const totals = image.map((extent, axis) => {
    const stride = strides[axis] ?? 1;
    return Math.max(0, (Math.ceil(extent / stride) - 1) * stride + (covered[axis] ?? 1) - extent);
  });
  const [less, more] = [totals.map((total) => Math.floor(total / 2)), totals.map((total) => Math.ceil(total / 2))];
  return how === 'SAME_UPPER' ? [...less, ...more] : [...more, ...less];
}
