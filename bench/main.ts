/**
 * `npm run bench`: the table of the design's "Numbers to hold". Every row is a ratio measured in one run with its peer,
 * interleaved. A bar that is missed is a figure; only a row that could not be measured fails the run.
 *
 *   npm run bench -- --only eni-to-eni,s3-get     some rows
 *   npm run bench -- --quick                      a tiny size: shows that every row runs
 */
import { parseArgs } from 'node:util';
import { Leftovers } from './leftovers.ts';
import { machineFacts } from './machine.ts';
import { requirePrograms } from './peers.ts';
import type { Line, Row, Size } from './row.ts';
import { rows } from './rows/rows.ts';
import { table } from './table.ts';

const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean', default: false }, rounds: { type: 'string' } } });
const size: Size = { quick: values.quick, rounds: values.quick ? 1 : Number(values.rounds ?? 5) };
const chosen = choose(values.only);
let leftovers = new Leftovers();

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void leftovers.remove().finally(() => process.exit(130)));
}

function choose(only: string | undefined): readonly Row[] {
  const names = only?.split(',') ?? rows.map((row) => row.name);
  const unknown = names.filter((name) => !rows.some((row) => row.name === name));
  if (unknown.length > 0) throw new Error(`no row is named ${unknown.join(', ')}: ${rows.map((row) => row.name).join(', ')}`);
  return rows.filter((row) => names.includes(row.name));
}

async function measure(row: Row): Promise<readonly Line[]> {
  leftovers = new Leftovers();
  try {
    return await row.measure(size, leftovers);
  } finally {
    await leftovers.remove();
  }
}

requirePrograms(chosen);
process.stdout.write(`${await machineFacts()}\n\n`);
const lines: Line[] = [];
const failures: string[] = [];
for (const row of chosen) {
  const started = performance.now();
  process.stderr.write(`${row.name} …`);
  try {
    lines.push(...(await measure(row)));
  } catch (error) {
    failures.push(`${row.name} could not be measured: ${error instanceof Error ? error.stack : String(error)}`);
  }
  process.stderr.write(` ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}
if (lines.length > 0) process.stdout.write(`${table(lines)}\n`);
if (size.quick) process.stdout.write('\nA quick run: the figures say nothing.\n');
for (const failure of failures) process.stderr.write(`\n${failure}\n`);
process.exit(failures.length === 0 ? 0 : 1);
