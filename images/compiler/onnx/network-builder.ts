import { numbersOf, runStep, type Memory } from './interpret.ts';
import {
  inputsOf,
  rootOf,
  sizeOf,
  stridesOf,
  whole,
  type Access,
  type ElementType,
  type Expression,
  type Reduction,
  type Step,
  type Value,
} from './network.ts';
import { refuseModel } from './refusals.ts';
import { workOf } from './work.ts';

/** Of one array and of all: what is more is no network of this family but a mistake or an attack. */
const elementsMost = 2 ** 26;
const elementsOfAllMost = 2 ** 28;
const stepsMost = 20_000;

/** Steps on constants are done once, here, unless that takes long. */
const foldedWorkMost = 2 ** 28;

/** Collects the steps of a network; whatever depends on constants only is computed at once and is a constant. */
export class NetworkBuilder {
  readonly steps: Step[] = [];
  #elements = 0;
  #folded = 0;

  input(dims: readonly number[]): Value {
    this.#count(dims);
    return { type: 'float32', dims };
  }

  integers(numbers: readonly number[]): Value {
    return { type: 'int64', dims: [numbers.length], constant: Float64Array.from(numbers) };
  }

  filled(dims: readonly number[], value: number, type: ElementType = 'float32'): Value {
    return this.map(dims, [], { kind: 'number', value }, type);
  }

  /** A value that some steps write, all of it. */
  make(dims: readonly number[], type: ElementType, steps: (target: Value) => readonly Step[]): Value {
    this.#count(dims);
    const target: Value = { type, dims };
    const made = steps(target);
    const isConstant = made.every((step) => inputsOf(step).every((value) => value === target || rootOf(value).constant !== undefined));
    const work = made.reduce((sum, step) => sum + workOf(step), 0);
    if (isConstant && (this.#folded += work) <= foldedWorkMost) {
      const memory: Memory = new Map();
      for (const step of made) runStep(step, memory);
      return { type, dims, constant: numbersOf(target, memory) };
    }
    if (type !== 'float32') refuseModel('Integers that depend on the input are not supported.');
    this.steps.push(...made);
    if (this.steps.length > stepsMost) refuseModel(`The network has more than ${stepsMost} steps.`);
    return target;
  }

  map(dims: readonly number[], reads: readonly Access[], expression: Expression, type: ElementType = 'float32'): Value {
    return this.make(dims, type, (target) => [{ kind: 'map', dims, target: whole(target), reads, expression }]);
  }

  /** The same memory in another shape. */
  view(value: Value, dims: readonly number[]): Value {
    const root = rootOf(value);
    if (root.constant !== undefined) return { type: value.type, dims, constant: root.constant };
    return { type: value.type, dims, sameAs: value };
  }

  /** Element by element, as numpy broadcasts: https://github.com/onnx/onnx/blob/v1.12.0/docs/Broadcasting.md */
  elementwise(values: readonly Value[], expression: Expression): Value {
    const dims = broadcast(values.map((value) => value.dims));
    const isInteger = values.every(({ type }) => type === 'int64');
    return this.map(
      dims,
      values.map((value) => spread(value, dims)),
      expression,
      isInteger ? 'int64' : 'float32',
    );
  }

  /** Over some axes, which stay with the extent 1. */
  reduce(value: Value, axes: readonly number[], by: Reduction): Value {
    const kept = value.dims.map((dimension, axis) => (axes.includes(axis) ? 1 : dimension));
    const strides = stridesOf(value.dims);
    const over = axes.map((axis) => value.dims[axis] ?? 1);
    return this.make(kept, 'float32', (target) => [
      {
        kind: 'reduce',
        by,
        dims: kept,
        over,
        target: whole(target),
        read: { value, offset: 0, strides: [...strides, ...axes.map((axis) => strides[axis] ?? 0)] },
      },
    ]);
  }

  #count(dims: readonly number[]): void {
    const size = sizeOf(dims);
    if (!(size > 0)) refuseModel(`Arrays without elements are not supported: shape [${dims.join(', ')}].`);
    if (size > elementsMost) refuseModel(`The shape [${dims.join(', ')}] is too large.`);
    this.#elements += size;
    if (this.#elements > elementsOfAllMost) refuseModel('The network needs too much memory.');
  }
}

export function broadcast(shapes: readonly (readonly number[])[]): readonly number[] {
  const rank = Math.max(0, ...shapes.map((dims) => dims.length));
  return Array.from({ length: rank }, (_, axis) => {
    const extents = shapes.map((dims) => dims[axis - rank + dims.length] ?? 1);
    const extent = Math.max(...extents);
    if (extents.some((one) => one !== 1 && one !== extent))
      refuseModel(`The shapes ${shapes.map((dims) => `[${dims.join(', ')}]`).join(' and ')} do not fit together.`);
    return extent;
  });
}

/** Reads a value for each index of a larger shape. */
export function spread(value: Value, dims: readonly number[]): Access {
  const strides = stridesOf(value.dims);
  const missing = dims.length - value.dims.length;
  return { value, offset: 0, strides: dims.map((_, axis) => ((value.dims[axis - missing] ?? 1) === 1 ? 0 : (strides[axis - missing] ?? 0))) };
}

/** The channels of an image ([batch, channels, …]), for a value of one number per channel. */
export function perChannel(value: Value, rank: number): Access {
  return { value, offset: 0, strides: Array.from({ length: rank }, (_, axis) => (axis === 1 ? 1 : 0)) };
}
