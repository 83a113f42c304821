import { cArray, cFloat } from '../c-text.ts';
import { emitBranches } from './emit-branches.ts';
import { emitLockstep, isLockstep } from './emit-lockstep.ts';
import type { Forest } from './forest.ts';
import { objectiveOf, type Transform } from './objective.ts';

/** Treelite's names, which Neo's runtime only reports; the transformation itself is ours. */
const treeliteNames: Readonly<Record<Transform, string>> = {
  identity: 'identity',
  sigmoid: 'sigmoid',
  exponential: 'exponential',
  hinge: 'identity',
  softmax: 'softmax',
  class: 'max_index',
};

/** `forest.h`: everything that native/forest.c does not know. */
export function emitForest(forest: Forest): string {
  const { transform } = objectiveOf(forest.objective);
  return [
    `#define FEATURES ${forest.features}`,
    `#define OUTPUTS ${forest.outputs}`,
    `#define TRANSFORM_${transform.toUpperCase()}`,
    `#define TREELITE_TRANSFORM "${treeliteNames[transform]}"`,
    cArray('float', 'base_margins', forest.baseMargins, cFloat),
    isLockstep(forest) ? emitLockstep(forest) : '#define LOCKSTEP_TREES 0',
    emitBranches(forest),
    '',
  ].join('\n');
}
