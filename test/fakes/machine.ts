import type { Machine } from '../../src/services/operation.ts';

/** A machine that has every image and enforces everything. */
export const machine: Machine = {
  builtInImages: ['cloister/base', 'cloister/gbt'],
  hasImage: () => Promise.resolve(true),
  networkRefusal: () => Promise.resolve(undefined),
  fastFileRefusal: () => Promise.resolve(undefined),
};
