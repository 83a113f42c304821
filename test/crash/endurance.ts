import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { layout } from '../../src/daemon/layout.ts';
import { sleep } from '../../src/stdx/deadline.ts';
import { lastingDifference, holdingsOf } from '../fixtures/holdings.ts';
import { Bed } from './bed.ts';
import type { Observation } from './daemon.ts';
import { growsOn } from './growth.ts';

export interface EnduranceSize {
  readonly inARow: number;
  /** Jobs between two samples. */
  readonly every: number;
  readonly atOnce: number;
}

/** What one daemon process, and its data directory, hold after so many jobs. */
export interface Sample extends Observation {
  readonly afterJobs: number;
  readonly descriptors: number;
  readonly threads: number;
  /** Podman's own store, and what it keeps in /run. */
  readonly storeBytes: number;
  readonly namespaces: number;
  readonly rows: Readonly<Record<string, number>>;
}

export interface Endurance {
  readonly samples: readonly Sample[];
  readonly faults: readonly string[];
}

/**
 * Rows that a job leaves, at most: its own, its log's stream and lines, its model, and the ids that are never given
 * again. No other table grows. The audit log is a file of bounded size.
 */
const rowsPerJob: Readonly<Record<string, number>> = {
  training_jobs: 1,
  log_streams: 1,
  log_events: 1,
  s3_versions: 1,
  s3_blobs: 1,
  spent_ids: 8,
};
/** Of the last finished work, which its runtime has not let go of. */
const lingering = 2;
const heapBytesPerJob = 6_000;
const storeBytesPerJob = 2_000;
/** Slopes are judged from so many samples on: fewer show the warm-up. */
const samplesMin = 8;
const observeMs = 10_000;
const atOnceMs = 900_000;
const lookMs = 2_000;
/** For the daemon to see that clients are gone. */
const hangUpMs = 1_000;

/** Short jobs one after the other, then many at once, on one daemon process; and what grew by it. */
export async function runEndurance({ inARow, every, atOnce }: EnduranceSize, tell: (sample: Sample) => void): Promise<Endurance> {
  const folder = mkdtempSync(join(tmpdir(), 'cloister-endurance-'));
  const bed = await Bed.make();
  try {
    const observations = join(folder, 'observation.json');
    await bed.observed(observations);
    const before = await bed.atRest();
    const samples: Sample[] = [];
    const faults: string[] = [];
    const take = async (afterJobs: number): Promise<void> => {
      bed.hangUp();
      await sleep(hangUpMs);
      const sample = await sampleOf(bed, observations, afterJobs);
      samples.push(sample);
      tell(sample);
    };
    await take(0);
    for (let done = 1; done <= inARow; done += 1) {
      const name = `in-a-row-${done}`;
      await bed.lab.createJob(bed.shortJob(name));
      faults.push(...(await notCompleted(bed, name)));
      if (done % every === 0) await take(done);
    }
    const names = Array.from({ length: atOnce }, (_, index) => `at-once-${index + 1}`);
    await Promise.all(names.map(async (name) => await bed.lab.createJob(bed.shortJob(name))));
    faults.push(...(await Promise.all(names.map(async (name) => await notCompleted(bed, name)))).flat());
    const left = await lastingDifference(before, bed.daemon.dataDirectory);
    faults.push(...Object.entries(left).map(([kind, held]) => `leaked ${kind}: ${held.join('; ')}`));
    await take(inARow + atOnce);
    return { samples, faults: [...faults, ...growth(samples, every)] };
  } finally {
    await bed.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function notCompleted(bed: Bed, name: string): Promise<string[]> {
  const { status, reason } = await bed.end(name, 'plain', { withinMs: atOnceMs, lookMs });
  return status === 'Completed' ? [] : [`${name} is ${status} ${reason ?? ''}`];
}

function growth(samples: readonly Sample[], every: number): string[] {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return ['there are no samples'];
  const jobs = last.afterJobs - first.afterJobs;
  const faults: string[] = [];
  for (const [table, count] of Object.entries(last.rows)) {
    const grown = count - (first.rows[table] ?? 0);
    if (grown > (rowsPerJob[table] ?? 0) * jobs) faults.push(`${table} has ${grown} rows more after ${jobs} jobs`);
  }
  for (const { afterJobs, jobs: contexts, agentLinks } of samples) {
    if (contexts > lingering || agentLinks > lingering)
      faults.push(`after ${afterJobs} jobs ${contexts} jobs and ${agentLinks} agents are remembered`);
  }
  for (const kind of Object.keys(last.handles)) {
    const [had, has] = [first.handles[kind] ?? 0, last.handles[kind] ?? 0];
    if (has > had + lingering) faults.push(`${has} handles of kind ${kind} instead of ${had}`);
  }
  if (last.descriptors > first.descriptors + lingering) faults.push(`${last.descriptors} descriptors instead of ${first.descriptors}`);
  if (last.namespaces !== first.namespaces) faults.push(`${last.namespaces} namespaces instead of ${first.namespaces}`);
  return [...faults, ...slopes(samples.slice(1, -1), every)];
}

/** Of the jobs in a row, the first sample and the jobs at once left out. */
function slopes(samples: readonly Sample[], every: number): string[] {
  if (samples.length < samplesMin) return [];
  const noise: readonly (readonly [keyof Sample & ('heapBytes' | 'bufferBytes' | 'storeBytes' | 'descriptors' | 'threads'), number])[] = [
    ['heapBytes', heapBytesPerJob * every],
    ['bufferBytes', heapBytesPerJob * every],
    ['storeBytes', storeBytesPerJob * every],
    ['descriptors', 0.2],
    ['threads', 0.2],
  ];
  return noise.flatMap(([name, most]) => {
    const values = samples.map((sample) => sample[name]);
    return growsOn(values, most) ? [`${name} grows: ${values.join(', ')}`] : [];
  });
}

async function sampleOf(bed: Bed, observations: string, afterJobs: number): Promise<Sample> {
  const { pid, dataDirectory } = bed.daemon;
  rmSync(observations, { force: true });
  process.kill(pid, 'SIGUSR2');
  for (let waitedMs = 0; !existsSync(observations) && waitedMs < observeMs; waitedMs += 50) await sleep(50);
  const { containers, containersRun, database } = layout(dataDirectory);
  return {
    ...(JSON.parse(readFileSync(observations, 'utf8')) as Observation),
    afterJobs,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    threads: readdirSync(`/proc/${pid}/task`).length,
    storeBytes: bytesIn(containers) + bytesIn(containersRun),
    namespaces: (await holdingsOf(dataDirectory))['namespaces']?.length ?? 0,
    rows: rowsOf(database),
  };
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true })
    .map((name) => statSync(join(folder, String(name)), { throwIfNoEntry: false }))
    .reduce((sum, status) => sum + (status?.isFile() === true ? status.size : 0), 0);
}

function rowsOf(path: string): Record<string, number> {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const tables = database.prepare(`select name from sqlite_master where type = 'table'`).all() as { name: string }[];
    return Object.fromEntries(
      tables.map(({ name }) => [name, (database.prepare(`select count(*) as count from "${name}"`).get() as { count: number }).count]),
    );
  } finally {
    database.close();
  }
}
