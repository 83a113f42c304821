import { expect, it } from 'vitest';
import { allCells, isPossible, undoOf, type Cell } from '../../crash/cells.ts';
import { runCells } from '../../crash/run-cells.ts';

/** A part of `npm run crash`: each step's death, of the daemon and of the agents where there are some; and some of what only some jobs have. */

const atOnce = 2;
const allMs = 300_000;

/** Of one kind of job each: the middle of what it does otherwise. */
const others = ['compile-model, compilation: both', 'train-instances, encrypted: daemon', 'stage-instances, registry: daemon'];

const deaths = allCells.filter((cell: Cell) => {
  const { row, kind } = cell;
  if (row.kinds === undefined && row.job === 'plain')
    return isPossible(cell) && !row.name.startsWith(undoOf('')) && kind === (row.hasAgents ? 'both' : 'daemon');
  return others.includes(`${row.name}: ${kind}`);
});

it(
  'takes a job to its end over the death of its daemon and agents: in any step of two instances, while it compiles, encrypts, or fetches its image; and holds nothing after it',
  { timeout: allMs },
  async () => {
    expect(deaths.map(({ row }) => row.name)).toHaveLength(8 + others.length);
    const results = await runCells(deaths, atOnce, () => undefined);
    expect(results.map(({ row, outcome, wrong }) => ({ row, outcome, wrong }))).toEqual(
      results.map(({ row }) => ({ row, outcome: 'Completed', wrong: [] })),
    );
    expect(results).toHaveLength(deaths.length);
  },
);
