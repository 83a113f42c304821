import { emitAfter } from './emit-expression.ts';
import { rootOf, sizeOf, type ConvolutionStep } from './network.ts';
import type { VectorShape } from './vector-shape.ts';
import type { Weights } from './weights.ts';

/** A step as one of native/network/convolution-*.h, and where its weights and its bias begin; undefined where they are read as they are. */
export interface EmittedStep {
  readonly kernel: string;
  readonly defines: readonly string[];
  readonly weights?: number;
  readonly bias?: number;
}

export function emitConvolution(step: ConvolutionStep, shape: VectorShape, weights: Weights): EmittedStep {
  const flat = flattened(step);
  const numbers = rootOf(step.weights).constant;
  const bias = step.bias === undefined ? new Float32Array(step.filters) : rootOf(step.bias).constant;
  const [channels, filters] = [step.channels / step.groups, step.filters / step.groups];
  const common = [
    ...emitAfter(step.after),
    `#define BATCH ${step.batch}`,
    `#define GROUPS ${step.groups}`,
    `#define CHANNELS ${channels}`,
    `#define FILTERS ${filters}`,
    ...extents(flat),
  ];
  const [pixels, byFilters] = [pixelTile(flat, filters, shape), filterTile(flat, filters, shape)];
  if (numbers === undefined || bias === undefined || (channels === 1 && filters <= 2)) {
    return { kernel: 'convolution-plain.h', defines: common, ...(bias !== undefined && { bias: weights.add(Float32Array.from(bias)) }) };
  }
  // Storing columns of vectors costs about as much as one more channel's multiplications for each.
  const storing = 1 + shape.lanes / (channels * sizeOf(flat.kernel));
  if (pixels !== undefined && pixels.waste <= byFilters.waste * storing) {
    return {
      kernel: 'convolution-by-pixels.h',
      defines: [
        ...common,
        ...vectors(pixels.lanes),
        `#define BLOCK ${pixels.block}`,
        `#define BLOCKS ${pixels.blocks}`,
        `#define ROWS ${pixels.rows}`,
        `#define VECTORS ${pixels.vectors}`,
      ],
      weights: weights.add(packed(numbers, { groups: step.groups, filters, block: pixels.block, blocks: pixels.blocks, overlaps: true })),
      bias: weights.add(Float32Array.from(bias)),
    };
  }
  const { lanes, blocks, tile } = byFilters;
  const filled = new Float32Array(step.groups * blocks * lanes);
  bias.forEach((one, filter) => (filled[Math.floor(filter / filters) * blocks * lanes + (filter % filters)] = one));
  return {
    kernel: 'convolution-by-filters.h',
    defines: [...common, ...vectors(lanes), `#define BLOCKS ${blocks}`, `#define TILE ${tile}`],
    weights: weights.add(packed(numbers, { groups: step.groups, filters, block: lanes, blocks, overlaps: false })),
    bias: weights.add(filled),
  };
}

type Geometry = Pick<ConvolutionStep, 'from' | 'to' | 'kernel' | 'strides' | 'dilations'>;

/** Where windows are single pixels side by side, an image is one long row. */
function flattened({ from, to, kernel, strides, dilations }: Geometry): Geometry {
  const isFlat = sizeOf(kernel) === 1 && sizeOf(strides) === 1;
  if (!isFlat) return { from, to, kernel, strides, dilations };
  return { from: [1, 1, sizeOf(from)], to: [1, 1, sizeOf(to)], kernel, strides, dilations };
}

export function extents({ from, to, kernel, strides, dilations }: Geometry): readonly string[] {
  return Object.entries({ FROM: from, TO: to, KERNEL: kernel, STRIDE: strides, DILATION: dilations }).flatMap(([name, values]) =>
    values.map((value, axis) => `#define ${name}_${'DHW'[axis] ?? ''} ${value}`),
  );
}

export const vectors = (lanes: number): readonly string[] => [`#define LANES ${lanes}`, `#define VEC vec${lanes}`, `#define IVEC ivec${lanes}`];

const times = (extent: number, part: number): number => Math.ceil(extent / part);

/** Filters and vectors of pixels that are summed at once; `waste` is how many times what is needed is computed. */
function pixelTile({ to, strides }: Geometry, filters: number, { lanes: most, sums }: VectorShape) {
  const [, height, width] = to;
  if (strides[2] !== 1) return undefined;
  const tiles = [16, 8, 4]
    .filter((lanes) => lanes <= most && lanes <= width)
    .flatMap((lanes) =>
      [6, 5, 4, 3, 2, 1]
        .filter((block) => block <= filters)
        .flatMap((block) =>
          [6, 4, 3, 2, 1]
            .filter((vectors_) => vectors_ * lanes <= width && vectors_ * block <= sums)
            .map((vectors_) => {
              const rows = Math.max(1, Math.min(height, Math.floor(sums / (block * vectors_)), 4));
              const waste =
                ((times(width, lanes * vectors_) * lanes * vectors_) / width) *
                ((times(height, rows) * rows) / height) *
                ((times(filters, block) * block) / filters) *
                (most / lanes);
              // What is loaded for each multiplication, where few sums share it.
              const loads = (block + rows * vectors_) / (block * rows * vectors_);
              return { lanes, block, blocks: times(filters, block), vectors: vectors_, rows, waste: waste * (1 + Math.max(0, loads - 0.5)) };
            }),
        ),
    );
  return tiles.toSorted((a, b) => a.waste - b.waste)[0];
}

function filterTile({ to }: Geometry, filters: number, { lanes: most, sums }: VectorShape) {
  const width = to[2];
  const lanes = [4, 8, 16].find((one) => one === most || one >= filters) ?? most;
  const tiles = Array.from({ length: Math.min(width, sums) }, (_, index) => index + 1).map((tile) => ({
    lanes,
    blocks: times(filters, lanes),
    tile,
    waste: ((times(width, tile) * tile) / width) * ((times(filters, lanes) * lanes) / filters) * (most / lanes) * (1 + 1 / tile),
  }));
  return tiles.toSorted((a, b) => a.waste - b.waste)[0] ?? { lanes, blocks: times(filters, lanes), tile: 1, waste: Infinity };
}

/** [group][block][channel and tap][filter of the block] */
function packed(
  numbers: ArrayLike<number>,
  {
    groups,
    filters,
    block,
    blocks,
    overlaps,
  }: { readonly groups: number; readonly filters: number; readonly block: number; readonly blocks: number; readonly overlaps: boolean },
): Float32Array {
  const taps = numbers.length / (groups * filters);
  const all = new Float32Array(groups * blocks * taps * block);
  for (let one = 0; one < groups * blocks; one += 1) {
    const group = Math.floor(one / blocks);
    const first = overlaps ? Math.min((one % blocks) * block, filters - block) : (one % blocks) * block;
    for (let lane = 0; lane < block && first + lane < filters; lane += 1)
      for (let tap = 0; tap < taps; tap += 1) all[(one * taps + tap) * block + lane] = numbers[(group * filters + first + lane) * taps + tap] ?? 0;
  }
  return all;
}
