import { readdirSync } from 'node:fs';
import type { DataPlane } from '../endpoints/data-plane.ts';
import type { ReconcileLoop } from '../reconcile/loop.ts';
import type { Clock } from '../stdx/clock.ts';
import { repositoryOwner } from '../services/s3/repository-buckets.ts';
import type { Store } from '../store/store.ts';
import type { DaemonOptions } from './options.ts';
import { registries } from './registries.ts';
import { version } from './version.ts';

/** What health and metrics look at. Nothing here is changed by looking. */
export interface Observed {
  readonly options: Pick<DaemonOptions, 'region' | 'accountId' | 'ephemeral' | 'imageNames' | 'compilers'>;
  readonly clock: Clock;
  readonly startedAt: Date;
  readonly store: Store;
  readonly dataPlane: Pick<DataPlane, 'health'>;
  readonly loops: () => readonly ReconcileLoop[];
}

/** The word that tooling of other emulators looks for. */
const edition = 'cloister';

const services = (): Record<string, string> => Object.fromEntries(Object.keys(registries).map((service) => [service, 'running']));

/** The daemon's own process. */
export const readProcess = (): { residentBytes: number; openDescriptors: number; cpuSeconds: number } => {
  const { user, system } = process.cpuUsage();
  return { residentBytes: process.memoryUsage.rss(), openDescriptors: readdirSync('/proc/self/fd').length, cpuSeconds: (user + system) / 1e6 };
};

/** What is stored, counted. */
export function countResources({ ec2, sagemaker, s3 }: Store) {
  const { trainingJobs, compilationJobs } = sagemaker.countByStatus();
  return {
    jobs: trainingJobs,
    compilationJobs,
    vpcs: ec2.vpcs.count(),
    networkInterfaces: ec2.networkInterfaces.count(),
    vpcEndpoints: ec2.vpcEndpoints.count(),
    // Those of package repositories are nobody's here.
    buckets: s3.buckets.count() - s3.buckets.count({ ownerId: repositoryOwner }),
  };
}

/** How the daemon is: `degraded` when a reconciler failed in its last run, or a data worker does not answer. */
export async function health({ options, clock, startedAt, store, dataPlane, loops }: Observed) {
  const dataWorkers = await dataPlane.health();
  const reconcilers = loops().map(({ name, runs, last }) => ({ name, runs: runs.all, failedRuns: runs.failed, last }));
  const isWell = dataWorkers.every(({ alive }) => alive) && reconcilers.every(({ last }) => (last?.failures.length ?? 0) === 0);
  return {
    status: isWell ? 'ok' : 'degraded',
    version,
    edition,
    ...options,
    startedAt: startedAt.toISOString(),
    uptimeSeconds: Math.floor((clock.now().getTime() - startedAt.getTime()) / 1_000),
    process: { pid: process.pid, ...readProcess() },
    services: services(),
    resources: countResources(store),
    dataWorkers,
    reconcilers,
  };
}

/** The shape that tooling reads at `/_localstack/health`: the services that answer, and whose they are. */
export const localstackHealth = () => ({ services: services(), edition, version });
