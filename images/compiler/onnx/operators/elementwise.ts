import { call, number, read, type Expression } from '../network.ts';
import type { Lower, Operation } from '../operation.ts';

const x = read(0);
const zero = number(0);
const one = number(1);

const unary =
  (expression: (operation: Operation) => Expression): Lower =>
  (operation) => [operation.build.elementwise([operation.float(0)], expression(operation))];

const times = (factor: number, of: Expression): Expression => call('multiply', number(factor), of);
/** Floats of the specification are rounded to what an attribute holds. */
const exactly = Math.fround;

const exponentialLess1 = call('subtract', call('exponential', x), one);
const selu = { alpha: exactly(1.67326319217681884765625), gamma: exactly(1.05070102214813232421875) };

function hardSigmoid(alpha: number, beta: number): Expression {
  return call('maximum', zero, call('minimum', one, call('add', times(alpha, x), number(beta))));
}

/** https://github.com/onnx/onnx/blob/v1.12.0/docs/Operators.md */
export const elementwise: Readonly<Record<string, Lower>> = {
  Abs: unary(() => call('absolute', x)),
  Neg: unary(() => call('negate', x)),
  Exp: unary(() => call('exponential', x)),
  Log: unary(() => call('logarithm', x)),
  Sqrt: unary(() => call('squareRoot', x)),
  Reciprocal: unary(() => call('divide', one, x)),
  Relu: unary(() => call('maximum', x, zero)),
  Sigmoid: unary(() => call('divide', one, call('add', one, call('exponential', call('negate', x))))),
  Tanh: unary(() => call('tangent', x)),
  LeakyRelu: unary((operation) => call('ifLess', x, zero, times(operation.number('alpha', exactly(0.01)), x), x)),
  ThresholdedRelu: unary((operation) => call('ifLess', number(operation.number('alpha', 1)), x, x, zero)),
  Elu: unary((operation) => call('ifLess', x, zero, times(operation.number('alpha', 1), exponentialLess1), x)),
  Celu: unary((operation) => {
    const alpha = operation.number('alpha', 1);
    const grown = call('subtract', call('exponential', call('divide', x, number(alpha))), one);
    return call('add', call('maximum', zero, x), call('minimum', zero, times(alpha, grown)));
  }),
  Selu: unary((operation) => {
    if (operation.version < 6) operation.refuse(`Operator set ${operation.version}`);
    const alpha = operation.number('alpha', selu.alpha);
    const gamma = operation.number('gamma', selu.gamma);
    return times(gamma, call('ifLess', zero, x, x, times(alpha, exponentialLess1)));
  }),
  HardSigmoid: unary((operation) => hardSigmoid(operation.number('alpha', exactly(0.2)), operation.number('beta', 0.5))),
  HardSwish: unary(() => call('multiply', x, hardSigmoid(exactly(1 / 6), 0.5))),
  // log(1 + e^x), without e^x where that is too large for a float.
  Softplus: unary(() =>
    call('add', call('maximum', x, zero), call('logarithm', call('add', one, call('exponential', call('negate', call('absolute', x)))))),
  ),
  Softsign: unary(() => call('divide', x, call('add', one, call('absolute', x)))),
  Clip: (operation) => [operation.version < 11 ? clipByAttributes(operation) : clipByInputs(operation)],
};

function clipByAttributes(operation: Operation) {
  const [least, most] = [operation.number('min', -Infinity), operation.number('max', Infinity)];
  return operation.build.elementwise([operation.float(0)], call('minimum', call('maximum', x, number(least)), number(most)));
}

function clipByInputs(operation: Operation) {
  const bounds = [operation.optionalFloat(1), operation.optionalFloat(2)];
  for (const bound of bounds) if (bound !== undefined && bound.dims.length !== 0) operation.refuse(`A bound of the shape [${bound.dims.join(', ')}]`);
  const least = bounds[0] === undefined ? operation.build.filled([], -Infinity) : bounds[0];
  const most = bounds[1] === undefined ? operation.build.filled([], Infinity) : bounds[1];
  return operation.build.elementwise([operation.float(0), least, most], call('minimum', call('maximum', x, read(1)), read(2)));
}
