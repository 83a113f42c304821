import { expect, it } from 'vitest';
import { allCells, isPossible, undoOf, type Cell } from '../../crash/cells.ts';
import { runCells } from '../../crash/run-cells.ts';

/** A part of `npm run crash`: each step's death, of the daemon and of the agents where there are some. */

const atOnce = 2;
const allMs = 300_000;

const deaths = allCells.filter((cell: Cell) => {
  const { row, kind } = cell;
  return isPossible(cell) && row.kinds === undefined && !row.name.startsWith(undoOf('')) && kind === (row.hasAgents ? 'both' : 'daemon');
});

it(
  'takes a job of two instances to its end over the death of its daemon and agents in any step, and holds nothing after it',
  { timeout: allMs },
  async () => {
    expect(deaths.map(({ row }) => row.name)).toHaveLength(8);
    const results = await runCells(deaths, atOnce, () => undefined);
    expect(results.map(({ row, outcome, wrong }) => ({ row, outcome, wrong }))).toEqual(
      results.map(({ row }) => ({ row, outcome: 'Completed', wrong: [] })),
    );
    expect(results).toHaveLength(deaths.length);
  },
);
