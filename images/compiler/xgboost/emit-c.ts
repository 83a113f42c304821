import { cArray, cFloat } from '../c-text.ts';
import { refuse } from '../input-error.ts';
import { categoryWordsOf, emitBranches } from './emit-branches.ts';
import { isLockstep, lockstepTables } from './emit-lockstep.ts';
import { isLeaf, widthOf, type Forest } from './forest.ts';
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
/** The same of the numbers that leaves add, and of the words of 32 categories that nodes look into. */
const branchAdditionsMax = 500_000;
const branchWordsMax = 1_000_000;

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
  if (tables === undefined || nodes <= branchNodesBest) refuseLargeText(forest);
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

/** One category may stand for a million words, and a leaf for ten thousand numbers. */
function refuseLargeText({ trees, outputs }: Forest): void {
  let [additions, words] = [0, 0];
  for (const tree of trees) {
    for (let node = 0; node < tree.left.length; node += 1) if (isLeaf(tree, node)) additions += widthOf(tree, outputs);
    for (const categories of tree.categories.values()) words += categoryWordsOf(categories);
  }
  if (additions > branchAdditionsMax) refuse(`the model's leaves hold ${additions} numbers; at most ${branchAdditionsMax} are compiled`);
  if (words > branchWordsMax)
    refuse(`the model's categories take ${words} words of 32 at the nodes that ask for them; at most ${branchWordsMax} are compiled`);
}
