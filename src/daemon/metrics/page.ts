import type { ReconcileLoop } from '../../reconcile/loop.ts';
import type { CompilationJobStatus } from '../../model/job/compilation-job.ts';
import type { TrainingJobStatus } from '../../model/job/training-job.ts';
import { countResources, type Observed, readProcess } from '../health.ts';
import { version } from '../version.ts';
import type { DroppedPackets } from './dropped-packets.ts';
import { type Family, type Sample, writeExposition } from './exposition.ts';
import type { RequestCounts } from './request-counts.ts';

const trainingStatuses: readonly TrainingJobStatus[] = ['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped'];
const compilationStatuses: readonly CompilationJobStatus[] = ['STARTING', 'INPROGRESS', 'COMPLETED', 'FAILED', 'STOPPING', 'STOPPED'];

/** Bytes of objects, as the front door sees them pass. */
export interface ObjectBytes {
  received: number;
  sent: number;
}

export interface MetricsSources extends Observed {
  readonly requests: RequestCounts;
  readonly droppedPackets: DroppedPackets;
  readonly refusedNames: { readonly count: number };
  readonly objectBytes: ObjectBytes;
}

/** Everything that is measured, in the text format of Prometheus. No label is a name that a user gave. */
export async function metricsPage(sources: MetricsSources): Promise<string> {
  const [workers, dropped] = await Promise.all([sources.dataPlane.health(), sources.droppedPackets.family()]);
  const ofWorkers = (value: (worker: (typeof workers)[number]) => number): Sample[] =>
    workers.map((worker, index) => ({ labels: { worker: String(index) }, value: value(worker) }));
  return writeExposition([
    gauge('cloister_build_info', 'The running version.', [{ labels: { version }, value: 1 }]),
    ...sources.requests.families(),
    counter('cloister_s3_received_bytes_total', 'Bytes of objects that clients sent whole.', [{ value: sources.objectBytes.received }]),
    counter('cloister_s3_sent_bytes_total', 'Bytes of objects that were asked for, counted when their sending begins.', [
      { value: sources.objectBytes.sent },
    ]),
    ...resourceFamilies(sources),
    utilizationFamily(sources),
    dropped,
    counter('cloister_refused_names_total', 'Questions for names that the resolvers of VPCs do not answer.', [{ value: sources.refusedNames.count }]),
    ...reconcilerFamilies(sources.loops()),
    gauge(
      'cloister_data_worker_up',
      'Whether the data worker answers.',
      ofWorkers(({ alive }) => (alive ? 1 : 0)),
    ),
    counter(
      'cloister_data_worker_restarts_total',
      'Data workers that ended and were started again.',
      ofWorkers(({ restarts }) => restarts),
    ),
    gauge(
      'cloister_data_worker_listeners',
      'Sockets that the data worker has open.',
      ofWorkers(({ listeners }) => listeners),
    ),
    ...processFamilies(sources),
  ]);
}

function resourceFamilies({ store }: MetricsSources): Family[] {
  const { jobs, compilationJobs, vpcs, networkInterfaces, vpcEndpoints } = countResources(store);
  return [
    gauge(
      'cloister_training_jobs',
      'Training jobs by status.',
      trainingStatuses.map((status) => ({ labels: { status }, value: jobs[status] ?? 0 })),
    ),
    gauge(
      'cloister_compilation_jobs',
      'Compilation jobs by status.',
      compilationStatuses.map((status) => ({ labels: { status }, value: compilationJobs[status] ?? 0 })),
    ),
    gauge('cloister_vpcs', 'VPCs.', [{ value: vpcs }]),
    gauge('cloister_network_interfaces', 'Network interfaces.', [{ value: networkInterfaces }]),
    gauge('cloister_vpc_endpoints', 'Endpoints of VPCs, gateways and interfaces.', [{ value: vpcEndpoints }]),
  ];
}

/** Over the instances of jobs that run: no label is a job's name, and there are as many samples for one job as for fifty. */
function utilizationFamily({ store }: MetricsSources): Family {
  const seen = store.sagemaker.trainingJobs.list({ saga: 'running' }).flatMap(({ utilization = {} }) => Object.values(utilization));
  const of = (resource: string, values: readonly (number | undefined)[]): Sample[] => {
    const known = values.filter((value) => value !== undefined);
    if (known.length === 0) return [];
    const sum = known.reduce((total, value) => total + value, 0);
    return [
      { labels: { resource, of: 'mean' }, value: sum / known.length },
      { labels: { resource, of: 'max' }, value: Math.max(...known) },
    ];
  };
  return gauge(
    'cloister_training_utilization_percent',
    'What the instances of running jobs take: of one processor, of their memory, of their volume.',
    [
      ...of(
        'cpu',
        seen.map(({ cpuUtilization }) => cpuUtilization),
      ),
      ...of(
        'memory',
        seen.map(({ memoryUtilization }) => memoryUtilization),
      ),
      ...of(
        'disk',
        seen.map(({ diskUtilization }) => diskUtilization),
      ),
    ],
  );
}

function reconcilerFamilies(loops: readonly ReconcileLoop[]): Family[] {
  const each = (value: (loop: ReconcileLoop) => number | undefined): Sample[] =>
    loops.flatMap((loop) => {
      const found = value(loop);
      return found === undefined ? [] : [{ labels: { reconciler: loop.name }, value: found }];
    });
  return [
    counter(
      'cloister_reconciler_runs_total',
      'Runs of the reconciler.',
      each(({ runs }) => runs.all),
    ),
    counter(
      'cloister_reconciler_failed_runs_total',
      'Runs of the reconciler that had a failure.',
      each(({ runs }) => runs.failed),
    ),
    gauge(
      'cloister_reconciler_failures',
      'What the last run failed at.',
      each(({ last }) => last?.failures.length),
    ),
    gauge(
      'cloister_reconciler_changes',
      'What the last run changed.',
      each(({ last }) => last?.changed),
    ),
    gauge(
      'cloister_reconciler_last_run_timestamp_seconds',
      'When the last run began.',
      each(({ last }) => last && Date.parse(last.startedAt) / 1_000),
    ),
    gauge(
      'cloister_reconciler_last_run_duration_seconds',
      'How long the last run took.',
      each(({ last }) => last && last.durationMs / 1_000),
    ),
  ];
}

function processFamilies({ startedAt }: MetricsSources): Family[] {
  const { residentBytes, openDescriptors, cpuSeconds } = readProcess();
  return [
    gauge('process_resident_memory_bytes', 'Resident memory of the daemon.', [{ value: residentBytes }]),
    gauge('process_open_fds', 'Open descriptors of the daemon.', [{ value: openDescriptors }]),
    counter('process_cpu_seconds_total', 'CPU time of the daemon, in the kernel and outside.', [{ value: cpuSeconds }]),
    gauge('process_start_time_seconds', 'When the daemon started.', [{ value: startedAt.getTime() / 1_000 }]),
  ];
}

const gauge = (name: string, help: string, samples: readonly Sample[]): Family => ({ name, type: 'gauge', help, samples });
const counter = (name: string, help: string, samples: readonly Sample[]): Family => ({ name, type: 'counter', help, samples });
