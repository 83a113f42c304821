import { call, number, read, sizeOf, type Expression, type Reduction, type Value } from '../network.ts';
import type { NetworkBuilder } from '../network-builder.ts';
import type { Lower, Operation } from '../operation.ts';

type Reduce = (build: NetworkBuilder, value: Value, axes: readonly number[]) => Value;

const mapped = (build: NetworkBuilder, value: Value, expression: Expression): Value => build.elementwise([value], expression);
const square = call('multiply', read(0), read(0));

export const mean: Reduce = (build, value, axes) =>
  mapped(build, build.reduce(value, axes, 'add'), call('divide', read(0), number(sizeOf(axes.map((axis) => value.dims[axis] ?? 1)))));

const sumSquare: Reduce = (build, value, axes) => build.reduce(mapped(build, value, square), axes, 'add');

/** With the largest element taken away before, so that no exponential is too large. */
function exponentials(build: NetworkBuilder, value: Value, axes: readonly number[]) {
  const largest = build.reduce(value, axes, 'maximum');
  const shifted = build.elementwise([value, largest], call('exponential', call('subtract', read(0), read(1))));
  return { largest, shifted, sum: build.reduce(shifted, axes, 'add') };
}

const by =
  (reduction: Reduction): Reduce =>
  (build, value, axes) =>
    build.reduce(value, axes, reduction);

const lower =
  (reduce: Reduce): Lower =>
  (operation) => {
    const value = operation.float(0);
    const given = axesOf(operation);
    const keeps = operation.flag('keepdims', 1) !== 0;
    if (given?.length === 0 && operation.flag('noop_with_empty_axes') !== 0) return [value];
    operation.flag('noop_with_empty_axes');
    const all = value.dims.map((_, axis) => axis);
    const axes = given === undefined || given.length === 0 ? all : operation.axes(given, value.dims.length);
    const reduced = reduce(operation.build, value, axes);
    return [
      keeps
        ? reduced
        : operation.build.view(
            reduced,
            reduced.dims.filter((_, axis) => !axes.includes(axis)),
          ),
    ];
  };

/** ReduceSum has its axes as an input since operator set 13, the others not in those that are known here. */
function axesOf(operation: Operation): readonly number[] | undefined {
  if (operation.operator !== 'ReduceSum' || operation.version < 13) return operation.integers('axes');
  return operation.inputs[1] === undefined ? undefined : operation.knownIntegers(1, 'An input axes');
}

export const reductions: Readonly<Record<string, Lower>> = {
  ReduceSum: lower(by('add')),
  ReduceProd: lower(by('multiply')),
  ReduceMax: lower(by('maximum')),
  ReduceMin: lower(by('minimum')),
  ReduceMean: lower(mean),
  ReduceSumSquare: lower(sumSquare),
  ReduceL1: lower((build, value, axes) => build.reduce(mapped(build, value, call('absolute', read(0))), axes, 'add')),
  ReduceL2: lower((build, value, axes) => mapped(build, sumSquare(build, value, axes), call('squareRoot', read(0)))),
  ReduceLogSum: lower((build, value, axes) => mapped(build, build.reduce(value, axes, 'add'), call('logarithm', read(0)))),
  Softmax: (operation) => [
    alongAxis(operation, (build, value, axes) => {
      const { shifted, sum } = exponentials(build, value, axes);
      return build.elementwise([shifted, sum], call('divide', read(0), read(1)));
    }),
  ],
  LogSoftmax: (operation) => [
    alongAxis(operation, (build, value, axes) => {
      const { largest, sum } = exponentials(build, value, axes);
      return build.elementwise([value, largest, sum], call('subtract', call('subtract', read(0), read(1)), call('logarithm', read(2))));
    }),
  ],
};

/** Along one axis; before operator set 13 along that axis and all behind it together, the second by default. */
function alongAxis(operation: Operation, reduce: Reduce): Value {
  const value = operation.float(0);
  const rank = value.dims.length;
  const axis = operation.axis(operation.integer('axis', operation.version < 13 ? 1 : -1), rank);
  const axes = operation.version < 13 ? value.dims.map((_, index) => index).slice(axis) : [axis];
  return reduce(operation.build, value, axes);
}
