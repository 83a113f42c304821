import { expect, it } from 'vitest';
import { allCells, isPossible, undoOf, type Cell } from '../../crash/cells.ts';
import { runCells } from '../../crash/run-cells.ts';

/** A part of `npm run crash`: each step's death, of the daemon and of the agents where there are some; and some of what only some jobs have. */

const atOnce = 2;
const allMs = 300_000;

const deaths = allCells.filter((cell: Cell) => {
  const { row, kind } = cell;
  const isOfAll = row.job === 'plain' && row.kinds === undefined;
  return isPossible(cell) && isOfAll && !row.name.startsWith(undoOf('')) && kind === (row.hasAgents ? 'both' : 'daemon');
});

/** Of one kind of job each: the middle of what it does otherwise. */
const others = [
  'stage-model, compilation: both',
  'compile-model, compilation: both',
  'train-instances, encrypted: daemon',
  'stage-instances, registry: daemon',
];
const special = allCells.filter(({ row, kind }) => others.includes(`${row.name}: ${kind}`));

it.each([
  ['a job of two instances to its end over the death of its daemon and agents in any step', deaths, 8],
  ['jobs that compile, encrypt, or fetch their image to their ends over the death of their daemon', special, others.length],
] as const)('takes %s, and holds nothing after it', { timeout: allMs }, async (_name, cells, count) => {
  expect(cells.map(({ row }) => row.name)).toHaveLength(count);
  const results = await runCells(cells, atOnce, () => undefined);
  expect(results.map(({ row, outcome, wrong }) => ({ row, outcome, wrong }))).toEqual(
    results.map(({ row }) => ({ row, outcome: 'Completed', wrong: [] })),
  );
  expect(results).toHaveLength(cells.length);
});
