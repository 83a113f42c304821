/**
 * `npm run crash`: every step of a training job and of a compilation job and its undo, times every way to die or fail at it, against real daemons,
 * agents, namespaces and containers. `--only train-instances,both` and `--only compilation` take rows and columns; `--json` prints a list;
 * `--beds N` sets how many data directories are worked on at once. `--endurance` runs 100 short jobs in a row and 50 at
 * once on one daemon instead, and tells what grew.
 */
import { parseArgs } from 'node:util';
import { disposeBeds } from './bed.ts';
import { allCells, inOneWord, isPossible, kinds, rows, type Cell, type Row } from './cells.ts';
import { runEndurance, type Sample } from './endurance.ts';
import { runCells } from './run-cells.ts';
import { tableOf } from './table.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    beds: { type: 'string', default: '3' },
    endurance: { type: 'boolean', default: false },
  },
});

/** Words of `--only`: rows (in one word, `stage-instances-FastFile`), steps (with every moment in them), what jobs have (`Pipe`), and kinds. */
function chosen(only: string | undefined): readonly Cell[] {
  if (only === undefined) return allCells;
  const words = only.split(',').map((word) => word.trim());
  const ofKind = words.filter((word) => (kinds as readonly string[]).includes(word));
  const ofRow = words.filter((word) => !ofKind.includes(word));
  for (const word of ofRow) {
    if (!rows.some((row) => wordsOf(row).includes(word))) throw new Error(`--only takes steps, jobs and kinds; there is no ${word}`);
  }
  const isChosen = (words: readonly string[], of: readonly string[]): boolean => words.length === 0 || of.some((word) => words.includes(word));
  return allCells.filter(({ row, kind }) => isChosen(ofRow, wordsOf(row)) && isChosen(ofKind, [kind]));
}

function wordsOf({ name, phase, job }: Row): readonly string[] {
  return [inOneWord(name), phase, job];
}

async function crash(): Promise<boolean> {
  const started = performance.now();
  const cells = chosen(values.only);
  const results = await runCells(cells, Number(values.beds), ({ row, kind, outcome, wrong, seconds }) => {
    process.stderr.write(`${wrong.length === 0 ? 'ok    ' : 'WRONG '} ${seconds.toFixed(1).padStart(6)} s  ${row}: ${kind} → ${outcome}\n`);
    // The table comes when all are judged, or never.
    for (const fault of wrong) process.stderr.write(`       ${fault}\n`);
  });
  const failed = results.filter(({ wrong }) => wrong.length > 0).length;
  const names = rows.map(({ name }) => name);
  if (values.json) process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);
  else process.stdout.write(`${tableOf(results, names)}\n\n`);
  const seconds = Math.round((performance.now() - started) / 1_000);
  process.stderr.write(`${cells.filter(isPossible).length - failed} passed, ${failed} failed, ${seconds} s\n`);
  return failed === 0;
}

async function endurance(): Promise<boolean> {
  const kibibytes = (bytes: number): string => String(Math.round(bytes / 1_024)).padStart(9);
  process.stderr.write('     jobs  heap KiB  RSS KiB store KiB  descriptors  threads  namespaces\n');
  const tell = ({ afterJobs, heapBytes, residentBytes, storeBytes, descriptors, threads, namespaces }: Sample): void => {
    const sizes = [heapBytes, residentBytes, storeBytes].map(kibibytes).join('');
    const counts = [String(descriptors).padStart(12), String(threads).padStart(9), String(namespaces).padStart(12)].join('');
    process.stderr.write(`${String(afterJobs).padStart(9)}${sizes}${counts}\n`);
  };
  const { samples, faults } = await runEndurance({ inARow: 100, every: 5, atOnce: 50 }, tell);
  if (values.json) process.stdout.write(`${JSON.stringify({ samples, faults }, undefined, 2)}\n`);
  else for (const fault of faults) process.stdout.write(`✗ ${fault}\n`);
  process.stderr.write(`${faults.length === 0 ? 'nothing grew' : `${faults.length} faults`} over ${samples.at(-1)?.afterJobs} jobs\n`);
  return faults.length === 0;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void disposeBeds().finally(() => process.exit(130)));
}
process.exitCode = (await (values.endurance ? endurance() : crash())) ? 0 : 1;
