import type { JobKind } from '../cells.ts';
import type { BedJob } from './bed-job.ts';
import { compilation } from './compilation.ts';
import { encrypted } from './encrypted.ts';
import { pulled } from './registry.ts';
import { training } from './training.ts';

const special: Readonly<Partial<Record<JobKind, BedJob>>> = {
  encrypted,
  registry: pulled,
  compilation,
  'managed compilation': compilation,
};

export const bedJobOf = (kind: JobKind): BedJob => special[kind] ?? training;
