import { containerIdsOf, lastingDifference, processesOf, tracesOfContainers, type Holdings } from '../fixtures/holdings.ts';
import type { Bed } from './bed.ts';
import { expectedOf, instancesOf, jobNameOf, sagaOf, type Cell } from './cells.ts';
import { bedJobOf } from './jobs/jobs.ts';
import type { Plan } from './saboteur.ts';

export interface CellResult {
  readonly row: string;
  readonly kind: string;
  /** How the job ended; `–` for what cannot happen. */
  readonly outcome: string;
  readonly reason?: string;
  /** What is not as it must be, and what leaked. Empty when all is well. */
  readonly wrong: readonly string[];
  readonly seconds: number;
}

/** The state of a directory before anything happens in it. */
export interface Before {
  readonly holdings: Holdings;
  readonly addresses: Awaited<ReturnType<Bed['addresses']>>;
}

const deathMs = 90_000;
const nextInTurn = 'Waiting for capacity: it is the next.';

export function planOf(cell: Cell): Plan {
  return { job: jobNameOf(cell), saga: sagaOf(cell.row.job), phase: cell.row.phase, kind: cell.kind, moment: cell.row.moment };
}

/** Looks on for what a job must not do meanwhile. What is returned is called when it has ended. */
export async function watch(bed: Bed, cell: Cell): Promise<() => Promise<string[]>> {
  const watched = await bedJobOf(cell.row.job).watch?.(bed, jobNameOf(cell));
  return watched ?? (async () => await Promise.resolve([]));
}

/** The daemon dies at the moment, the product takes the job to its end, and all is as it was. */
export async function runDeath(bed: Bed, cell: Cell, before: Before): Promise<CellResult> {
  const started = performance.now();
  const { dataDirectory } = bed.daemon;
  const wrong: string[] = [];
  await bed.sabotage([planOf(cell)]);
  const watched = await watch(bed, cell);
  // The daemon may be dead before its answer is out; what it wrote down counts.
  const asked = bed.create(jobNameOf(cell), cell.row.job).catch((error: unknown) => error);
  const signal = await bed.daemon.ended(deathMs).catch(async (error: unknown) => {
    throw new Error(`${String(error)}; the job: ${String(await asked)}`, { cause: error });
  });
  const answer = await asked;
  if (signal !== 'SIGKILL') wrong.push(`the daemon was not killed: ${bed.daemon.errors.slice(-1_000)} ${String(answer)}`);
  const agents = processesOf(dataDirectory).filter(({ what }) => what.includes('/instance/agent.'));
  if (cell.kind === 'both' && cell.row.hasAgents && agents.length > 0) wrong.push(`${agents.length} agents outlived SIGKILL`);
  if (cell.kind === 'daemon' && cell.row.hasAgents && agents.length === 0) wrong.push('no agent outlived its daemon');
  const containers = containerIdsOf(dataDirectory);
  await bed.start();
  if (cell.row.moment.event === 'line') wrong.push(...notAdopted(cell, containers, containerIdsOf(dataDirectory)));
  const { outcome, reason, faults } = await endOf(bed, cell);
  wrong.push(...faults, ...(await watched()), ...(await leaksOf(bed, before)), ...tracesOfContainers(containers));
  return { ...namesOf(cell), outcome, ...(reason === undefined ? {} : { reason }), wrong, seconds: secondsSince(started) };
}

/** A job that waits for its turn when the daemon dies has taken nothing, keeps its place, and runs when it is its turn. */
export async function runWaiting(bed: Bed, cell: Cell, before: Before): Promise<CellResult> {
  const started = performance.now();
  const [first, name] = ['train-instances-before', jobNameOf(cell)];
  const waits = async (): Promise<unknown> =>
    await bed.lab.until(name, ({ SecondaryStatusTransitions = [] }) => SecondaryStatusTransitions.at(-1)?.StatusMessage === nextInTurn);
  await bed.create(first, 'plain');
  await bed.create(name, 'plain');
  await waits();
  await bed.daemon.stop('SIGKILL');
  await bed.start();
  await waits();
  const { interfaces } = await bed.addresses();
  const wrong = interfaces.filter((description) => description.includes(name)).map((description) => `it waits and has ${description}`);
  const { status } = await bed.end(first);
  if (status !== 'Completed') wrong.push(`the job before it is ${status}`);
  const { outcome, faults } = await endOf(bed, cell);
  wrong.push(...faults, ...(await bedJobOf('plain').faultsOfRun(bed, first, 'plain')), ...(await leaksOf(bed, before)));
  return { ...namesOf(cell), outcome, wrong, seconds: secondsSince(started) };
}

/** Containers that ran when the daemon died are those that the next one waits for. What they said tells whether they ran once. */
function notAdopted({ row }: Cell, before: readonly string[], after: readonly string[]): string[] {
  const isSame = before.length === instancesOf(row.job) && before.join() === after.join();
  return isSame ? [] : [`containers ${before.join(' ')} became ${after.join(' ')}`];
}

/** Waits for the end of a cell's job and judges it. */
export async function endOf(bed: Bed, cell: Cell): Promise<{ outcome: string; reason: string | undefined; faults: string[] }> {
  const name = jobNameOf(cell);
  const { job } = cell.row;
  const { status, reason } = await bed.end(name, job);
  const expected = expectedOf(cell);
  const isExpected = status === expected.status && (expected.reason?.test(reason ?? '') ?? reason === undefined);
  if (!isExpected)
    return { outcome: status, reason, faults: [`${status} ${reason ?? ''} instead of ${expected.status} ${expected.reason?.source ?? ''}`] };
  return { outcome: status, reason, faults: status === 'Completed' ? await bedJobOf(job).faultsOfRun(bed, name, job) : [] };
}

/** What is held, or taken of addresses, that was not before; and what is gone. */
export async function leaksOf(bed: Bed, before: Before): Promise<string[]> {
  const difference = await lastingDifference(before.holdings, bed.daemon.dataDirectory);
  const { interfaces, free } = await bed.addresses();
  const leaks = Object.entries(difference).map(([kind, names]) => `leaked ${kind}: ${names.join('; ')}`);
  if (interfaces.join() !== before.addresses.interfaces.join()) leaks.push(`leaked interfaces: ${interfaces.join('; ')}`);
  if (free !== before.addresses.free) leaks.push(`leaked addresses: ${free} free instead of ${before.addresses.free}`);
  return leaks;
}

export const namesOf = ({ row, kind }: Cell) => ({ row: row.name, kind });
export const secondsSince = (started: number): number => Math.round((performance.now() - started) / 100) / 10;
