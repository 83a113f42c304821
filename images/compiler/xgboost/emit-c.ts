import { cArray, cFloat } from '../c-text.ts';
import { refuse } from '../input-error.ts';
import { emitBranches } from './emit-branches.ts';
import { isLockstep, lockstepTables } from './emit-lockstep.ts';
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

/** For single rows, conditions were faster than tables at 4,500 nodes and no faster at 10,000 (one model, one machine). */
const branchNodesBest = 6_000;
/** What cannot be tables must be conditions; more of them take clang minutes. */
const branchNodesMax = 60_000;

/** Everything that native/forest.c does not know. */
export interface ForestCode {
  /** `forest.h` */
  readonly header: string;
  /** `forest.bin` */
  readonly tables: Buffer;
}

/** Throws `InputError` for a forest too large to become conditions that cannot become tables. */
export function emitForest(forest: Forest): ForestCode {
  const { transform } = objectiveOf(forest.objective);
  const nodes = forest.trees.reduce((sum, { left }) => sum + left.length, 0);
  const tables = isLockstep(forest) ? lockstepTables(forest) : undefined;
  if (tables === undefined && nodes > branchNodesMax)
    refuse(`the model has ${nodes} nodes; with categories, or leaves of several numbers, at most ${branchNodesMax} are compiled`);
  const lines = [
    `#define FEATURES ${forest.features}`,
    `#define OUTPUTS ${forest.outputs}`,
    `#define TRANSFORM_${transform.toUpperCase()}`,
    `#define TREELITE_TRANSFORM "${treeliteNames[transform]}"`,
    cArray('float', 'base_margins', forest.baseMargins, cFloat),
    `#define LOCKSTEP_TREES ${tables === undefined ? 0 : forest.trees.length}`,
    ...(tables?.declarations('forest.bin') ?? []),
    tables === undefined || nodes <= branchNodesBest ? emitBranches(forest) : '#define SINGLE_ROWS_BY_TABLES',
    '',
  ];
  return { header: lines.join('\n'), tables: tables?.bytes ?? Buffer.alloc(0) };
}
