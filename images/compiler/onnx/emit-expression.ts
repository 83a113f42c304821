import { cFloat } from '../c-text.ts';
import type { Expression, FunctionName } from './network.ts';

const symbols: Partial<Record<FunctionName, string>> = { add: '+', subtract: '-', multiply: '*', divide: '/' };

/** Of native/network/network.h. */
const names: Readonly<Record<FunctionName, string>> = {
  add: '',
  subtract: '',
  multiply: '',
  divide: '',
  maximum: 'maximum',
  minimum: 'minimum',
  power: 'power',
  negate: '-',
  absolute: 'absolute',
  exponential: 'exponential',
  logarithm: 'logarithm',
  squareRoot: 'square_root',
  tangent: 'tangent',
  ifLess: 'if_less',
};

/** @param reads what stands for each element that is read */
export function emitExpression(expression: Expression, reads: (index: number) => string): string {
  if (expression.kind === 'read') return reads(expression.index);
  if (expression.kind === 'number') return cFloat(expression.value);
  const operands = expression.operands.map((operand) => emitExpression(operand, reads));
  const symbol = symbols[expression.name];
  return symbol === undefined ? `${names[expression.name]}(${operands.join(', ')})` : `(${operands.join(` ${symbol} `)})`;
}

const isRelu = (expression: Expression): boolean =>
  expression.kind === 'call' &&
  expression.name === 'maximum' &&
  expression.operands[0]?.kind === 'read' &&
  expression.operands[1]?.kind === 'number' &&
  expression.operands[1].value === 0;

/** What native/network/finish.h is told of the function that follows a sum. */
export function emitAfter(after: Expression): readonly string[] {
  if (after.kind === 'read') return [];
  return isRelu(after) ? ['#define RELU'] : [`#define AFTER(sum) ${emitExpression(after, () => '(sum)')}`];
}
