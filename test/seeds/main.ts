/**
 * `npm run seeds`: one row per promise of AWS's guide, each asked of an unmodified client, with the same assertion where
 * it must fail. `--json` prints a list; `--only T7,C3` runs these rows alone.
 */
import { parseArgs } from 'node:util';
import { notBuilt, runRow, type SeedResult } from './run-row.ts';
import type { SeedRow } from './seed.ts';
import { seedIds, type SeedId } from './sentences.ts';
import { tableOf } from './table.ts';
import { rows } from './rows/rows.ts';
import { World } from './world.ts';

/** Rows wait more than they compute; each has several jobs at the same time. */
const rowsAtOnce = 3;

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, only: { type: 'string' } } });
const wanted = values.only === undefined ? seedIds : values.only.split(',').map(seedId);

function seedId(text: string): SeedId {
  const id = seedIds.find((known) => known === text.trim().toUpperCase());
  if (id === undefined) throw new Error(`--only takes ids such as T7,C3; there is no ${text}`);
  return id;
}

async function runRows(world: World, chosen: readonly SeedRow[]): Promise<Map<SeedId, SeedResult>> {
  const results = new Map<SeedId, SeedResult>();
  const waiting = chosen.values();
  const worker = async (): Promise<void> => {
    for (const row of waiting) {
      const result = await runRow(world, row);
      results.set(row.id, result);
      process.stderr.write(`${row.id} ${result.verdict} (${result.seconds} s)\n`);
    }
  };
  await Promise.all(Array.from({ length: rowsAtOnce }, worker));
  return results;
}

const world = await World.open();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void world.close().finally(() => process.exit(130)));
}
try {
  const results = await runRows(
    world,
    rows.filter(({ id }) => wanted.includes(id)),
  );
  const list = wanted.map((id) => results.get(id) ?? notBuilt(id));
  const failed = list.filter(({ verdict }) => verdict === 'fail').length;
  const passed = list.filter(({ verdict }) => verdict === 'pass').length;
  if (values.json) process.stdout.write(`${JSON.stringify(list, undefined, 2)}\n`);
  else process.stdout.write(`${tableOf(list)}\n${list.length - passed - failed} not built\n${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  await world.close();
}
