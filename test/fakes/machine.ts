import { metricProblem } from '../../src/model/job/metrics.ts';
import type { Machine } from '../../src/services/operation.ts';

/** A machine that has every image and enforces everything, and is no larger than most. */
export const machine: Machine = {
  builtInImages: ['cloister/base', 'cloister/gbt'],
  localImage: (image) => image,
  hasImage: () => Promise.resolve(true),
  mayPull: () => false,
  size: () => ({ cpus: 2, memoryBytes: 24 * 2 ** 30, gpus: 0 }),
  networkRefusal: () => Promise.resolve(undefined),
  fastFileRefusal: () => Promise.resolve(undefined),
  encryptionRefusal: () => Promise.resolve(undefined),
  metricProblem: (definitions) => Promise.resolve(metricProblem(definitions)),
};
