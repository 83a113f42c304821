import { call, number, read, type FunctionName, type Value } from '../network.ts';
import type { Lower, Operation } from '../operation.ts';

const two =
  (name: FunctionName, takesIntegers: boolean): Lower =>
  (operation) => {
    const [left, right] = pair(operation, takesIntegers);
    return [operation.build.elementwise([left, right], call(name, read(0), read(1)))];
  };

/** Integers are constants, so their sums are exact; a quotient of theirs would be rounded, and is refused. */
function pair(operation: Operation, takesIntegers: boolean): readonly [Value, Value] {
  const [left, right] = [operation.any(0), operation.any(1)];
  if (left.type !== right.type || (left.type === 'int64' && !takesIntegers)) return [operation.float(0), operation.float(1)];
  return [left, operation.version < 7 ? aligned(operation, left, right) : right];
}

/** Before operator set 7: where the axes of the second operand lie in those of the first one. */
function aligned(operation: Operation, { dims }: Value, right: Value): Value {
  const isBroadcast = operation.flag('broadcast') !== 0;
  const axis = operation.integer('axis');
  if (!isBroadcast) return right.dims.join() === dims.join() ? right : operation.refuse(`Without broadcast the shape [${right.dims.join(', ')}]`);
  const behind = axis === undefined ? 0 : dims.length - axis - right.dims.length;
  if (behind < 0 || right.dims.length > dims.length) operation.refuse(`axis ${axis ?? 0}`);
  return operation.build.view(right, [...right.dims, ...Array.from({ length: behind }, () => 1)]);
}

const operandsMost = 64;

/** Of any number of operands. */
const many =
  (name: FunctionName, isMean = false): Lower =>
  (operation) => {
    const values = operation.inputs.map((_, index) => operation.float(index));
    if (values.length === 0) operation.float(0);
    // One expression, whose brackets lie in each other.
    if (values.length > operandsMost) operation.refuse(`More than ${operandsMost} inputs`);
    const sum = values
      .map((_, index) => read(index))
      .reduce<ReturnType<typeof call | typeof read>>((a, b, index) => (index === 0 ? b : call(name, a, b)), read(0));
    return [operation.build.elementwise(values, isMean ? call('divide', sum, number(values.length)) : sum)];
  };

export const arithmetic: Readonly<Record<string, Lower>> = {
  Add: two('add', true),
  Sub: two('subtract', true),
  Mul: two('multiply', true),
  Div: two('divide', false),
  Max: many('maximum'),
  Min: many('minimum'),
  Sum: many('add'),
  Mean: many('add', true),
  Pow: (operation) => {
    const base = operation.float(0);
    const exponent = operation.version < 7 ? aligned(operation, base, operation.float(1)) : operation.any(1);
    const only = exponent.constant?.length === 1 ? exponent.constant[0] : undefined;
    if (only === 2) return [operation.build.elementwise([base, exponent], call('multiply', read(0), read(0)))];
    return [operation.build.elementwise([base, exponent], call('power', read(0), read(1)))];
  },
  PRelu: (operation) => [
    operation.build.elementwise(
      [operation.float(0), slopes(operation)],
      call('ifLess', read(0), number(0), call('multiply', read(0), read(1)), read(0)),
    ),
  ],
};

/** Before operator set 7 of each channel, later as numpy broadcasts. */
function slopes(operation: Operation): Value {
  const [{ dims }, slope] = [operation.float(0), operation.float(1)];
  if (operation.version >= 7 || slope.dims.length !== 1) return slope;
  return operation.build.view(slope, [...slope.dims, ...dims.slice(2).map(() => 1)]);
}
