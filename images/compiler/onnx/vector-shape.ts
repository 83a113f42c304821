import type { Target } from '../targets.ts';

/** What the generator must know of a processor: clang does the rest. */
export interface VectorShape {
  /** Floats of the widest vectors. */
  readonly lanes: 4 | 8 | 16;
  /** Sums that fit into registers beside what is multiplied. */
  readonly sums: number;
}

const wide = new Set(['skylake-avx512', 'cascadelake', 'icelake-server', 'x86-64-v4']);
const narrow = new Set(['x86-64', 'x86-64-v2']);

export function vectorShapeOf({ triple, cpu }: Target): VectorShape {
  if (triple.startsWith('aarch64')) return { lanes: 4, sums: 24 };
  if (wide.has(cpu)) return { lanes: 16, sums: 24 };
  return narrow.has(cpu) ? { lanes: 4, sums: 12 } : { lanes: 8, sums: 12 };
}
