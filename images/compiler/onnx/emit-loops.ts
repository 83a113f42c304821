import { emitExpression } from './emit-expression.ts';
import type { MapStep, ReduceStep, Reduction } from './network.ts';

/** Loops over indices, and where each access is in them. */
interface Nest {
  readonly dims: readonly number[];
  readonly strides: readonly (readonly number[])[];
}

/** Fewer and longer loops over the same elements in the same order. */
function merged(dims: readonly number[], strides: readonly (readonly number[])[]): Nest {
  const kept: number[] = [];
  const moved: number[][] = strides.map(() => []);
  dims.forEach((dimension, axis) => {
    if (dimension === 1) return;
    const last = kept.length - 1;
    const continues = last >= 0 && strides.every((one, access) => moved[access]?.[last] === (one[axis] ?? 0) * dimension);
    if (continues) kept[last] = (kept[last] ?? 1) * dimension;
    else kept.push(dimension);
    strides.forEach((one, access) => {
      const list = moved[access] ?? [];
      if (continues) list[last] = one[axis] ?? 0;
      else list.push(one[axis] ?? 0);
    });
  });
  return { dims: kept, strides: moved };
}

const place = (strides: readonly number[] | undefined, letter: string): string => {
  const terms = (strides ?? []).flatMap((stride, axis) =>
    stride === 0 ? [] : [stride === 1 ? `${letter}${axis}` : `(ptrdiff_t)${letter}${axis} * ${stride}`],
  );
  return terms.length === 0 ? '0' : terms.join(' + ');
};

const loops = (dims: readonly number[], letter: string): string =>
  dims.map((dimension, axis) => `for (int ${letter}${axis} = 0; ${letter}${axis} < ${dimension}; ${letter}${axis} += 1) `).join('');

/** Parameters: what is read, one by one, then what is written. */
export function emitMap(name: string, { dims, target, reads, expression }: MapStep): string {
  const { dims: extents, strides } = merged(dims, [target.strides, ...reads.map((access) => access.strides)]);
  const parameters = [...reads.map((_, index) => `const float *restrict x${index}`), 'float *restrict y'];
  const value = emitExpression(expression, (index) => `x${index}[${place(strides[index + 1], 'i')}]`);
  return `static void ${name}(${parameters.join(', ')}) {\n  ${loops(extents, 'i')}y[${place(strides[0], 'i')}] = ${value};\n}`;
}

const starts: Readonly<Record<Reduction, string>> = { add: '0', multiply: '1', maximum: '-__builtin_inff()', minimum: '__builtin_inff()' };
const joins: Readonly<Record<Reduction, (value: string) => string>> = {
  add: (value) => `sum + ${value}`,
  multiply: (value) => `sum * ${value}`,
  maximum: (value) => `maximum(sum, ${value})`,
  minimum: (value) => `minimum(sum, ${value})`,
};

/** Sums are of doubles: they may be of a hundred thousand elements. */
export function emitReduce(name: string, { by, dims, over, target, read }: ReduceStep): string {
  const outer = merged(dims, [target.strides, read.strides.slice(0, dims.length)]);
  const inner = merged(over, [read.strides.slice(dims.length)]);
  const type = by === 'add' || by === 'multiply' ? 'double' : 'float';
  const value = `x[${place(outer.strides[1], 'i')} + ${place(inner.strides[0], 'k')}]`;
  return `static void ${name}(const float *restrict x, float *restrict y) {
  ${loops(outer.dims, 'i')}{
    ${type} sum = ${starts[by]};
    ${loops(inner.dims, 'k')}sum = ${joins[by](value)};
    y[${place(outer.strides[0], 'i')}] = (float)sum;
  }
}`;
}
