import {
  rootOf,
  sizeOf,
  stridesOf,
  type Access,
  type ConvolutionStep,
  type Expression,
  type FunctionName,
  type MapStep,
  type Network,
  type PoolStep,
  type ProductStep,
  type ReduceStep,
  type Step,
  type Value,
} from './network.ts';

type Numbers = Float32Array | Float64Array;

/** Where the numbers of values are while a network runs. */
export type Memory = Map<Value, Numbers>;

/**
 * What a network says, step by step, as a reference: sums are of doubles, so its results are nearer to the true ones than
 * those of compiled code.
 */
export function interpret({ inputs, outputs, steps }: Network, given: readonly Float32Array[]): readonly Float32Array[] {
  const memory: Memory = new Map(inputs.map(({ value }, index) => [value, given[index] ?? new Float32Array()]));
  for (const step of steps) runStep(step, memory);
  return outputs.map(({ value }) => Float32Array.from(numbersOf(value, memory)));
}

export function runStep(step: Step, memory: Memory): void {
  switch (step.kind) {
    case 'map':
      return runMap(step, memory);
    case 'reduce':
      return runReduce(step, memory);
    case 'convolution':
      return runConvolution(step, memory);
    case 'pool':
      return runPool(step, memory);
    case 'product':
      return runProduct(step, memory);
  }
}

/** The numbers of a value; of one that nothing has written yet, zeros. */
export function numbersOf(value: Value, memory: Memory): Numbers {
  const root = rootOf(value);
  if (root.constant !== undefined) return root.constant;
  const known = memory.get(root);
  if (known !== undefined) return known;
  const made = root.type === 'float32' ? new Float32Array(sizeOf(root.dims)) : new Float64Array(sizeOf(root.dims));
  memory.set(root, made);
  return made;
}

/** Every index of `dims` as the elements of each access, in order. `places` is the same array each time. */
function eachIndex(
  dims: readonly number[],
  accesses: readonly { readonly offset: number; readonly strides: readonly number[] }[],
  visit: (places: Int32Array) => void,
): void {
  const places = Int32Array.from(accesses, ({ offset }) => offset);
  const index = new Int32Array(dims.length);
  for (let left = sizeOf(dims); left > 0; left -= 1) {
    visit(places);
    for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
      const again = (index[axis] ?? 0) + 1 === dims[axis];
      const moved = again ? -(index[axis] ?? 0) : 1;
      index[axis] = (index[axis] ?? 0) + moved;
      for (let one = 0; one < places.length; one += 1) places[one] = (places[one] ?? 0) + moved * (accesses[one]?.strides[axis] ?? 0);
      if (!again) break;
    }
  }
}

const functions: Readonly<Record<FunctionName, (a: number, b: number, c: number, d: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  maximum: (a, b) => (a < b ? b : a),
  minimum: (a, b) => (b < a ? b : a),
  power: (a, b) => a ** b,
  negate: (a) => -a,
  absolute: Math.abs,
  exponential: Math.exp,
  logarithm: Math.log,
  squareRoot: Math.sqrt,
  tangent: Math.tanh,
  ifLess: (a, b, c, d) => (a < b ? c : d),
};

type Evaluate = (reads: Float64Array) => number;

function evaluator(expression: Expression): Evaluate {
  if (expression.kind === 'read') return (reads) => reads[expression.index] ?? 0;
  if (expression.kind === 'number') return () => expression.value;
  const of = functions[expression.name];
  const none: Evaluate = () => 0;
  const [a = none, b = none, c = none, d = none] = expression.operands.map(evaluator);
  return (reads) => of(a(reads), b(reads), c(reads), d(reads));
}

function runMap({ dims, target, reads, expression }: MapStep, memory: Memory): void {
  const out = numbersOf(target.value, memory);
  const sources = reads.map(({ value }) => numbersOf(value, memory));
  const evaluate = evaluator(expression);
  const values = new Float64Array(reads.length);
  eachIndex(dims, [target, ...reads], (places) => {
    for (let one = 0; one < sources.length; one += 1) values[one] = sources[one]?.[places[one + 1] ?? 0] ?? 0;
    out[places[0] ?? 0] = evaluate(values);
  });
}

const startOf = { add: 0, multiply: 1, maximum: -Infinity, minimum: Infinity };

function runReduce({ by, dims, over, target, read }: ReduceStep, memory: Memory): void {
  const out = numbersOf(target.value, memory);
  const source = numbersOf(read.value, memory);
  const put = functions[by];
  const inner = { offset: 0, strides: read.strides.slice(dims.length) };
  eachIndex(dims, [target, read], (places) => {
    const start = places[1] ?? 0;
    let sum = startOf[by];
    eachIndex(over, [inner], (moved) => (sum = put(sum, source[start + (moved[0] ?? 0)] ?? 0, 0, 0)));
    out[places[0] ?? 0] = sum;
  });
}

function runProduct({ rows, depth, columns, batch, target, left, right, bias, after }: ProductStep, memory: Memory): void {
  const out = numbersOf(target, memory);
  const [a, b] = [numbersOf(left.value, memory), numbersOf(right.value, memory)];
  const added = bias === undefined ? undefined : numbersOf(bias, memory);
  const [aRow = 0, aDepth = 0] = left.strides.slice(batch.length);
  const [bDepth = 0, bColumn = 0] = right.strides.slice(batch.length);
  const evaluate = evaluator(after);
  const sum = new Float64Array(1);
  const to: Access = { value: target, offset: 0, strides: stridesOf([...batch, rows * columns]).slice(0, -1) };
  eachIndex(batch, [to, left, right], (places) => {
    const [start = 0, aStart = 0, bStart = 0] = places;
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        let total = added?.[column] ?? 0;
        for (let k = 0; k < depth; k += 1) total += (a[aStart + row * aRow + k * aDepth] ?? 0) * (b[bStart + k * bDepth + column * bColumn] ?? 0);
        sum[0] = total;
        out[start + row * columns + column] = evaluate(sum);
      }
    }
  });
}

function runConvolution(step: ConvolutionStep, memory: Memory): void {
  const { batch, groups, channels, filters, from, to, kernel, strides, dilations } = step;
  const out = numbersOf(step.target, memory);
  const [x, w] = [numbersOf(step.input, memory), numbersOf(step.weights, memory)];
  const added = step.bias === undefined ? undefined : numbersOf(step.bias, memory);
  const evaluate = evaluator(step.after);
  const sum = new Float64Array(1);
  const [inputs, outputs, taps] = [sizeOf(from), sizeOf(to), sizeOf(kernel)];
  const perGroup = channels / groups;
  // Where each tap of the kernel is, from the first element of its window.
  const taken = new Int32Array(taps);
  const plane = { offset: 0, strides: stridesOf(from) };
  const dilated = { offset: 0, strides: plane.strides.map((stride, axis) => stride * (dilations[axis] ?? 1)) };
  let tap = 0;
  eachIndex(kernel, [dilated], ([place = 0]) => (taken[tap++] = place));
  const moved = { offset: 0, strides: plane.strides.map((stride, axis) => stride * (strides[axis] ?? 1)) };
  for (let image = 0; image < batch; image += 1) {
    for (let filter = 0; filter < filters; filter += 1) {
      const first = image * channels + Math.floor((filter * groups) / filters) * perGroup;
      const at = { offset: (image * filters + filter) * outputs, strides: stridesOf(to) };
      eachIndex(to, [at, moved], ([place = 0, start = 0]) => {
        let total = added?.[filter] ?? 0;
        for (let channel = 0; channel < perGroup; channel += 1) {
          const corner = (first + channel) * inputs + start;
          const weight = (filter * perGroup + channel) * taps;
          for (let k = 0; k < taps; k += 1) total += (x[corner + (taken[k] ?? 0)] ?? 0) * (w[weight + k] ?? 0);
        }
        sum[0] = total;
        out[place] = evaluate(sum);
      });
    }
  }
}

function runPool(step: PoolStep, memory: Memory): void {
  const { by, countsPadding, planes, from, to, kernel, strides, dilations, padding } = step;
  const out = numbersOf(step.target, memory);
  const x = numbersOf(step.input, memory);
  const [depth, height, width] = from;
  const taken = to.map((_, axis) => ({
    offset: -(padding[axis] ?? 0),
    strides: to.map((__, other) => (other === axis ? (strides[axis] ?? 1) : 0)),
  }));
  let place = 0;
  for (let plane = 0; plane < planes; plane += 1) {
    const start = plane * sizeOf(from);
    eachIndex(to, taken, ([front = 0, top = 0, left = 0]) => {
      let sum = by === 'maximum' ? -Infinity : 0;
      let count = 0;
      eachTap([front, depth, kernel[0], dilations[0]], (z) =>
        eachTap([top, height, kernel[1], dilations[1]], (y) =>
          eachTap([left, width, kernel[2], dilations[2]], (at) => {
            const value = x[start + (z * height + y) * width + at] ?? 0;
            sum = by === 'maximum' ? functions.maximum(sum, value, 0, 0) : sum + value;
            count += 1;
          }),
        ),
      );
      out[place++] = by === 'maximum' ? sum : sum / (countsPadding ? sizeOf(kernel) : count);
    });
  }
}

/** Where the taps of a window lie along one axis, less those in the padding. */
function eachTap([first, extent, taps, dilation]: readonly [number, number, number, number], visit: (at: number) => void): void {
  for (let tap = 0, at = first; tap < taps; tap += 1, at += dilation) if (at >= 0 && at < extent) visit(at);
}
