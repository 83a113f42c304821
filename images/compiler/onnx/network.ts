/**
 * A network as a list of steps over arrays, made from an ONNX graph: no names, no attributes, shapes that are known. Few
 * kinds of steps suffice, and each is interpreted (interpret.ts) and turned into C (emit-c.ts).
 */
export type ElementType = 'float32' | 'int64';

/** An array, row by row. Only constants are ever integers. */
export interface Value {
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** Its numbers, where they are known. */
  readonly constant?: Float32Array | Float64Array;
  /** Another one whose memory this is, in another shape. */
  readonly sameAs?: Value;
}

/** Which element of an array belongs to each index of a step: `offset` and so many elements per index. */
export interface Access {
  readonly value: Value;
  readonly offset: number;
  readonly strides: readonly number[];
}

export type FunctionName =
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'maximum'
  | 'minimum'
  | 'power'
  | 'negate'
  | 'absolute'
  | 'exponential'
  | 'logarithm'
  | 'squareRoot'
  | 'tangent'
  | 'ifLess';

/** What is computed of the elements that were read. `ifLess` has four operands: a < b ? c : d. */
export type Expression =
  | { readonly kind: 'read'; readonly index: number }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly operands: readonly Expression[] };

/** target[index] = expression(reads[index]), for all indices. */
export interface MapStep {
  readonly kind: 'map';
  readonly dims: readonly number[];
  readonly target: Access;
  readonly reads: readonly Access[];
  readonly expression: Expression;
}

export type Reduction = 'add' | 'multiply' | 'maximum' | 'minimum';

/** target[index] = all before(read[index, other indices]) put together. */
export interface ReduceStep {
  readonly kind: 'reduce';
  readonly by: Reduction;
  readonly dims: readonly number[];
  readonly over: readonly number[];
  readonly target: Access;
  /** Strides of `dims`, then of `over`. */
  readonly read: Access;
}

/** Depth, height and width; the leading ones are 1 where there are fewer. */
export type Extents = readonly [number, number, number];

/** Without padding: what is padded was copied into a larger array before. */
export interface ConvolutionStep {
  readonly kind: 'convolution';
  readonly target: Value;
  readonly input: Value;
  readonly weights: Value;
  readonly bias: Value | undefined;
  readonly batch: number;
  readonly groups: number;
  /** Of all groups together. */
  readonly channels: number;
  readonly filters: number;
  readonly from: Extents;
  readonly to: Extents;
  readonly kernel: Extents;
  readonly strides: Extents;
  readonly dilations: Extents;
  /** Of the sum, which is read 0. */
  readonly after: Expression;
}

export interface PoolStep {
  readonly kind: 'pool';
  readonly by: 'maximum' | 'average';
  /** Divide by the size of the window also where part of it is padding. */
  readonly countsPadding: boolean;
  readonly target: Value;
  readonly input: Value;
  /** Images of all channels and of the whole batch. */
  readonly planes: number;
  readonly from: Extents;
  readonly to: Extents;
  readonly kernel: Extents;
  readonly strides: Extents;
  readonly dilations: Extents;
  /** In front of the first element. */
  readonly padding: Extents;
}

/** One matrix product for each index of `batch`: left [rows, depth] · right [depth, columns]. */
export interface ProductStep {
  readonly kind: 'product';
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly batch: readonly number[];
  readonly target: Value;
  /** Strides of `batch`, then of rows and depth. */
  readonly left: Access;
  /** Strides of `batch`, then of depth and columns. */
  readonly right: Access;
  /** One number per column. */
  readonly bias: Value | undefined;
  readonly after: Expression;
}

export type Step = MapStep | ReduceStep | ConvolutionStep | PoolStep | ProductStep;

export interface Port {
  /** The model's own, for descriptions only: it never becomes code. */
  readonly name: string;
  readonly value: Value;
}

export interface Network {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly steps: readonly Step[];
}

export const sizeOf = (dims: readonly number[]): number => dims.reduce((size, dimension) => size * dimension, 1);

/** Of an array row by row. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const dimension of dims.toReversed()) {
    strides.unshift(stride);
    stride *= dimension;
  }
  return strides;
}

export const whole = (value: Value): Access => ({ value, offset: 0, strides: stridesOf(value.dims) });

/** The array whose memory a value is in. */
export function rootOf(value: Value): Value {
  let root = value;
  while (root.sameAs !== undefined) root = root.sameAs;
  return root;
}

export function inputsOf(step: Step): readonly Value[] {
  switch (step.kind) {
    case 'map':
      return step.reads.map(({ value }) => value);
    case 'reduce':
      return [step.read.value];
    case 'pool':
      return [step.input];
    case 'convolution':
      return [step.input, step.weights, ...(step.bias === undefined ? [] : [step.bias])];
    case 'product':
      return [step.left.value, step.right.value, ...(step.bias === undefined ? [] : [step.bias])];
  }
}

export const targetOf = (step: Step): Value => (step.kind === 'map' || step.kind === 'reduce' ? step.target.value : step.target);

export const read = (index: number): Expression => ({ kind: 'read', index });
export const number = (value: number): Expression => ({ kind: 'number', value });
export const call = (name: FunctionName, ...operands: readonly Expression[]): Expression => ({ kind: 'call', name, operands });
export const identity: Expression = read(0);
