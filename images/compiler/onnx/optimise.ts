import {
  identity,
  inputsOf,
  read,
  rootOf,
  sizeOf,
  stridesOf,
  targetOf,
  type Access,
  type ConvolutionStep,
  type Expression,
  type MapStep,
  type Network,
  type ProductStep,
  type Step,
  type Value,
} from './network.ts';

/** Expressions beyond this are not put into others: they would be computed again and again. */
const expressionMost = 48;

/**
 * Fewer steps that compute the same: factors and summands go into the weights of what they follow, functions into the step
 * before them, and what nobody needs goes.
 */
export function optimise({ inputs, outputs, steps }: Network): Network {
  const plain = steps.map(withNumbers);
  const kept = new Set<Step>();
  // Steps by the array that they alone write.
  const makers = new Map<Value, Step>();
  const uses = countUses(
    plain,
    outputs.map(({ value }) => value),
  );
  const writers = new Map<Value, number>();
  for (const step of plain) writers.set(rootOf(targetOf(step)), (writers.get(rootOf(targetOf(step))) ?? 0) + 1);
  const isOnlyFor = (value: Value): boolean => uses.get(rootOf(value)) === 1 && writers.get(rootOf(value)) === 1;
  for (const step of plain) {
    const joined =
      step.kind === 'map' && writers.get(rootOf(step.target.value)) === 1
        ? joinedWith(step, (value) => (isOnlyFor(value) ? makers.get(rootOf(value)) : undefined))
        : undefined;
    // It stands where the later one stood: what it reads is there by then.
    if (joined !== undefined) kept.delete(joined.instead);
    const next = joined?.step ?? step;
    kept.add(next);
    makers.set(rootOf(targetOf(next)), next);
  }
  return {
    inputs,
    outputs,
    steps: withoutUnused(
      [...kept],
      outputs.map(({ value }) => value),
    ),
  };
}

interface Joined {
  readonly step: Step;
  readonly instead: Step;
}

/** A step and the one that makes something only for it, as one. */
function joinedWith(step: MapStep, makerOf: (value: Value) => Step | undefined): Joined | undefined {
  for (const [index, { value }] of step.reads.entries()) {
    const maker = makerOf(value);
    const joined = maker === undefined ? undefined : joinSteps(maker, step, index);
    if (joined !== undefined) return joined;
  }
  return undefined;
}

function joinSteps(maker: Step, step: MapStep, index: number): Joined | undefined {
  const joined =
    maker.kind === 'convolution'
      ? intoConvolution(maker, step, index)
      : maker.kind === 'product'
        ? intoProduct(maker, step, index)
        : maker.kind === 'map'
          ? intoMap(maker, step, index)
          : undefined;
  return joined === undefined ? undefined : { step: joined, instead: maker };
}

/** Constants of one element become numbers. */
function withNumbers(step: Step): Step {
  if (step.kind !== 'map' || !step.reads.some(isNumber)) return step;
  const reads = step.reads.filter((access) => !isNumber(access));
  const expression = replaceReads(step.expression, (index) => {
    const access = step.reads[index];
    if (access !== undefined && isNumber(access)) return { kind: 'number', value: rootOf(access.value).constant?.[0] ?? 0 };
    return read(access === undefined ? 0 : reads.indexOf(access));
  });
  return { ...step, reads, expression };
}

const isNumber = ({ value }: Access): boolean => rootOf(value).constant?.length === 1;

function replaceReads(expression: Expression, by: (index: number) => Expression): Expression {
  if (expression.kind === 'read') return by(expression.index);
  if (expression.kind === 'number') return expression;
  return { ...expression, operands: expression.operands.map((operand) => replaceReads(operand, by)) };
}

function countUses(steps: readonly Step[], outputs: readonly Value[]): Map<Value, number> {
  const uses = new Map<Value, number>();
  for (const value of [...steps.flatMap(inputsOf), ...outputs]) uses.set(rootOf(value), (uses.get(rootOf(value)) ?? 0) + 1);
  return uses;
}

/** Each element of an array once, in order, as the target is written. */
function isWhole(step: MapStep, access: Access | undefined): boolean {
  const row = stridesOf(step.dims);
  const follows = (one: Access): boolean =>
    one.offset === 0 && step.dims.every((dimension, axis) => dimension === 1 || one.strides[axis] === row[axis]);
  return access !== undefined && sizeOf(access.value.dims) === sizeOf(step.dims) && follows(access) && follows(step.target);
}

function sizeOfExpression(expression: Expression): number {
  return expression.kind === 'call' ? 1 + expression.operands.reduce((sum, operand) => sum + sizeOfExpression(operand), 0) : 1;
}

/** A function of the result alone, or a factor and a summand of each channel. */
function intoConvolution(step: ConvolutionStep, map: MapStep, index: number): Step | undefined {
  if (!isWhole(map, map.reads[index])) return undefined;
  const target = map.target.value;
  if (map.reads.length === 1) return withAfter(step, target, map.expression);
  const line = step.after === identity ? lineOf(map, index, (access) => vectorOf(access, map.dims, 1, step.filters)) : undefined;
  const weights = rootOf(step.weights).constant;
  const bias = step.bias === undefined ? new Float32Array(step.filters) : rootOf(step.bias).constant;
  if (line === undefined || weights === undefined || bias === undefined) return undefined;
  const perFilter = weights.length / step.filters;
  const { factor, summand } = line;
  return {
    ...step,
    target,
    weights: constant(
      step.weights.dims,
      Float32Array.from(weights, (weight, at) => weight * factor(Math.floor(at / perFilter))),
    ),
    bias: constant(
      [step.filters],
      Float32Array.from(bias, (one, filter) => one * factor(filter) + summand(filter)),
    ),
  };
}

function intoProduct(step: ProductStep, map: MapStep, index: number): Step | undefined {
  if (!isWhole(map, map.reads[index])) return undefined;
  const target = map.target.value;
  if (map.reads.length === 1) return withAfter(step, target, map.expression);
  const bias = step.bias === undefined ? new Float32Array(step.columns) : rootOf(step.bias).constant;
  const line = step.after === identity ? lineOf(map, index, (access) => vectorOf(access, map.dims, map.dims.length - 1, step.columns)) : undefined;
  if (line === undefined || line.scales || bias === undefined) return undefined;
  return {
    ...step,
    target,
    bias: constant(
      [step.columns],
      Float32Array.from(bias, (one, column) => one + line.summand(column)),
    ),
  };
}

/** Unless the whole becomes too long: what reads the sum twice makes all before it stand there twice. */
function withAfter(step: ConvolutionStep | ProductStep, target: Value, expression: Expression): Step | undefined {
  const size = sizeOfExpression(expression) + countReads(expression) * sizeOfExpression(step.after);
  return size > expressionMost ? undefined : { ...step, target, after: compose(expression, step.after) };
}

const countReads = (expression: Expression): number =>
  expression.kind === 'call' ? expression.operands.reduce((sum, operand) => sum + countReads(operand), 0) : expression.kind === 'read' ? 1 : 0;

/** Element by element after element by element. */
function intoMap(step: MapStep, map: MapStep, index: number): Step | undefined {
  const access = map.reads[index];
  const target: Access = { value: step.target.value, offset: 0, strides: stridesOf(step.dims) };
  if (step.dims.join() !== map.dims.join() || !isWhole(map, access) || !isWhole(step, target)) return undefined;
  if (sizeOfExpression(step.expression) + sizeOfExpression(map.expression) > expressionMost) return undefined;
  const others = map.reads.filter((one) => one !== access);
  const own = step.reads.length;
  const expression = replaceReads(map.expression, (at) => {
    const one = map.reads[at];
    return one === access || one === undefined ? step.expression : read(own + others.indexOf(one));
  });
  return { ...map, reads: [...step.reads, ...others], expression };
}

const compose = (outer: Expression, inner: Expression): Expression => replaceReads(outer, () => inner);

const constant = (dims: readonly number[], numbers: Float32Array): Value => ({ type: 'float32', dims, constant: numbers });

type Vector = (at: number) => number;

/** A constant that depends on the index of one axis only. */
function vectorOf({ value, offset, strides }: Access, dims: readonly number[], axis: number, length: number): Vector | undefined {
  const { constant: numbers } = rootOf(value);
  if (numbers === undefined || dims[axis] !== length || strides.some((stride, index) => index !== axis && stride !== 0 && dims[index] !== 1))
    return undefined;
  return (at) => numbers[offset + at * (strides[axis] ?? 0)] ?? 0;
}

interface Line {
  readonly scales: boolean;
  readonly factor: Vector;
  readonly summand: Vector;
}

/** x * factor + summand, if that is what is computed of one of the reads and the others are such vectors. */
function lineOf({ expression, reads }: MapStep, index: number, vectorOfAccess: (access: Access) => Vector | undefined): Line | undefined {
  const follow = (part: Expression): Line | undefined => {
    if (part.kind === 'read' && part.index === index) return { scales: false, factor: () => 1, summand: () => 0 };
    if (part.kind !== 'call') return undefined;
    const [left, right] = part.operands;
    const [line, operand] = left === undefined || right === undefined ? [] : [follow(left), right];
    const [other, turned] = line === undefined && right !== undefined && part.name !== 'subtract' ? [follow(right), left] : [line, operand];
    const known = turned?.kind === 'read' && turned.index !== index ? reads[turned.index] : undefined;
    const vector = turned?.kind === 'number' ? () => turned.value : known === undefined ? undefined : vectorOfAccess(known);
    if (other === undefined || vector === undefined) return undefined;
    if (part.name === 'add') return { ...other, summand: (at) => other.summand(at) + vector(at) };
    if (part.name === 'subtract') return { ...other, summand: (at) => other.summand(at) - vector(at) };
    if (part.name === 'multiply')
      return { scales: true, factor: (at) => other.factor(at) * vector(at), summand: (at) => other.summand(at) * vector(at) };
    return undefined;
  };
  return follow(expression);
}

function withoutUnused(steps: readonly Step[], outputs: readonly Value[]): readonly Step[] {
  const needed = new Set(outputs.map(rootOf));
  const kept: Step[] = [];
  for (const step of steps.toReversed()) {
    if (!needed.has(rootOf(targetOf(step)))) continue;
    for (const value of inputsOf(step)) needed.add(rootOf(value));
    kept.push(step);
  }
  return kept.toReversed();
}
