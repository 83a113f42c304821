import { findWireguard } from '../../src/drivers/network/tunnel/wireguard-capability.ts';
import { Bed } from './bed.ts';
import { isPossible, jobName, jobNameOf, killsDaemon, type Cell, type JobKind } from './cells.ts';
import { endOf, leaksOf, namesOf, planOf, runDeath, runWaiting, secondsSince, watch, type Before, type CellResult } from './run-cell.ts';

/** Jobs of one daemon that are under way at once: they wait more than they compute. */
const jobsAtOnce = 5;

/** Runs every cell: deaths of the daemon on `beds` data directories at once, everything else in one daemon that lives. */
export async function runCells(cells: readonly Cell[], beds: number, tell: (result: CellResult) => void): Promise<readonly CellResult[]> {
  const hasProgram = (await findWireguard()).kind === 'program';
  const isToRun = (cell: Cell): boolean => isPossible(cell) && (hasProgram || !needsTunnelProgram(cell));
  const possible = cells.filter(isToRun);
  const waits = possible.filter(({ row }) => row.job === 'waiting');
  const deaths = possible.filter((cell) => killsDaemon(cell.kind) && !waits.includes(cell));
  const survived = possible.filter(({ kind }) => !killsDaemon(kind));
  const results: CellResult[] = cells.filter((cell) => !isToRun(cell)).map((cell) => ({ ...namesOf(cell), outcome: '–', wrong: [], seconds: 0 }));
  const done = (result: CellResult): void => {
    results.push(result);
    tell(result);
  };
  const queued = deaths.values();
  const workers = Array.from({ length: Math.min(beds, deaths.length) }, async () => await onBeds(queued, jobsOf(deaths), done));
  await Promise.all([
    ...workers,
    survived.length === 0 ? undefined : survivals(survived, done),
    ...waits.map(async (cell) => done(await waiting(cell))),
  ]);
  return results;
}

/** A tunnel of the kernel is whole or not there, and cannot be killed. */
const needsTunnelProgram = ({ row, kind }: Cell): boolean => kind === 'tunnel' || row.moment.event === 'tunnelling';

/** One cell after the other on one data directory; on a new one after something went wrong, so that it is told of one cell only. */
async function onBeds(cells: Iterable<Cell>, jobs: readonly JobKind[], done: (result: CellResult) => void): Promise<void> {
  let bed: Bed | undefined;
  let before: Before | undefined;
  try {
    for (const cell of cells) {
      bed ??= await Bed.make({ jobs });
      before ??= await restOf(bed, jobs);
      const result = await guarded(cell, runDeath(bed, cell, before));
      done(result);
      if (result.wrong.length === 0) continue;
      await bed.dispose();
      [bed, before] = [undefined, undefined];
    }
  } finally {
    await bed?.dispose();
  }
}

/** On a data directory of its own, whose daemons have room for one job. */
async function waiting(cell: Cell): Promise<CellResult> {
  const bed = await Bed.make({ parameters: ['--instances-max', '2'] });
  try {
    return await guarded(
      cell,
      restOf(bed, []).then(async (before) => await runWaiting(bed, cell, before)),
    );
  } finally {
    await bed.dispose();
  }
}

const jobsOf = (cells: readonly Cell[]): readonly JobKind[] => cells.map(({ row }) => row.job);

async function restOf(bed: Bed, jobs: readonly JobKind[]): Promise<Before> {
  const holdings = await bed.atRest(jobs);
  return { holdings, addresses: await bed.addresses() };
}

/** Many jobs of one daemon; what they leave is looked for when all have ended. */
async function survivals(cells: readonly Cell[], done: (result: CellResult) => void): Promise<void> {
  const bed = await Bed.make({ jobs: jobsOf(cells) });
  try {
    const own = new Map<Cell, Awaited<ReturnType<Bed['makeNetwork']>>>();
    // Where the network itself fails, others must not wait for it.
    for (const cell of cells) if (cell.kind === 'fails' && cell.row.moment.event === 'rules-applied') own.set(cell, await bed.makeNetwork());
    const before = await restOf(bed, jobsOf(cells));
    await bed.sabotage(cells.map(planOf));
    const waiting = cells.values();
    const results: CellResult[] = [];
    const worker = async (): Promise<void> => {
      for (const cell of waiting) results.push(await guarded(cell, runSurvival(bed, cell, own.get(cell))));
    };
    await Promise.all(Array.from({ length: jobsAtOnce }, worker));
    const leaks = await leaksOf(bed, before);
    for (const result of results) done({ ...result, wrong: [...result.wrong, ...leaks.filter((leak) => concerns(leak, result, results))] });
  } finally {
    await bed.dispose();
  }
}

async function runSurvival(bed: Bed, cell: Cell, network = bed.network): Promise<CellResult> {
  const started = performance.now();
  const watched = await watch(bed, cell);
  await bed.create(jobNameOf(cell), cell.row.job, network);
  const { outcome, reason, faults } = await endOf(bed, cell);
  const wrong = [...faults, ...(await watched())];
  return { ...namesOf(cell), outcome, ...(reason === undefined ? {} : { reason }), wrong, seconds: secondsSince(started) };
}

/** A leak that names no job is told of the first one. */
function concerns(leak: string, result: CellResult, results: readonly CellResult[]): boolean {
  const nameOf = ({ row, kind }: CellResult): string => jobName(row, kind);
  return leak.includes(nameOf(result)) || (result === results[0] && !results.some((other) => leak.includes(nameOf(other))));
}

async function guarded(cell: Cell, work: Promise<CellResult>): Promise<CellResult> {
  const started = performance.now();
  try {
    return await work;
  } catch (error) {
    const wrong = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
    return { ...namesOf(cell), outcome: 'not judged', wrong, seconds: secondsSince(started) };
  }
}
