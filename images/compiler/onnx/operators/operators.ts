import type { Lower } from '../operation.ts';
import { arithmetic } from './arithmetic.ts';
import { convolution } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { movement } from './movement.ts';
import { normalization } from './normalization.ts';
import { pooling } from './pooling.ts';
import { products } from './products.ts';
import { reductions } from './reductions.ts';
import { shapes } from './shapes.ts';

/** What is turned into steps. Whether it may be is another question: proven.ts. */
export const operators: ReadonlyMap<string, Lower> = new Map(
  Object.entries({ ...arithmetic, ...convolution, ...elementwise, ...movement, ...normalization, ...pooling, ...products, ...reductions, ...shapes }),
);
