/**
 * `npm run crash`: every step of a training job and its undo, times every way to die or fail at it, against real daemons,
 * agents, namespaces and containers. `--only train-instances,both` takes rows and columns; `--json` prints a list.
 */
import { parseArgs } from 'node:util';
import { allCells, isPossible, kinds, rows, type Cell } from './cells.ts';
import { runCells } from './run-cells.ts';
import { tableOf } from './table.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, json: { type: 'boolean', default: false }, beds: { type: 'string', default: '3' } },
});

/** Words of `--only`: rows, steps (with their undo) and kinds. */
function chosen(only: string | undefined): readonly Cell[] {
  if (only === undefined) return allCells;
  const words = only.split(',').map((word) => word.trim());
  const ofKind = words.filter((word) => (kinds as readonly string[]).includes(word));
  const ofRow = words.filter((word) => !ofKind.includes(word));
  for (const word of ofRow) {
    if (!rows.some(({ name, phase }) => name === word || phase === word)) throw new Error(`--only takes steps and kinds; there is no ${word}`);
  }
  return allCells.filter(
    ({ row, kind }) => (ofRow.length === 0 || ofRow.includes(row.name) || ofRow.includes(row.phase)) && (ofKind.length === 0 || ofKind.includes(kind)),
  );
}

const started = performance.now();
const cells = chosen(values.only);
const results = await runCells(cells, Number(values.beds), ({ row, kind, outcome, wrong, seconds }) => {
  process.stderr.write(`${wrong.length === 0 ? 'ok    ' : 'WRONG '} ${seconds.toFixed(1).padStart(6)} s  ${row}: ${kind} → ${outcome}\n`);
});
const failed = results.filter(({ wrong }) => wrong.length > 0).length;
if (values.json) process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);
else {
  process.stdout.write(`${tableOf(results, rows.map(({ name }) => name))}\n\n`);
  process.stdout.write(`${cells.filter(isPossible).length - failed} passed, ${failed} failed, ${Math.round((performance.now() - started) / 1_000)} s\n`);
}
process.exitCode = failed === 0 ? 0 : 1;
