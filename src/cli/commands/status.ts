import { systemClock } from '../../stdx/clock.ts';
import { Api } from '../api.ts';
import { readRunningDaemon } from '../daemon-file.ts';
import { duration } from '../duration.ts';
import type { Terminal } from '../terminal.ts';

interface Health {
  readonly status: 'ok' | 'degraded';
  readonly version: string;
  readonly ephemeral: boolean;
  /** What other names of images mean here. */
  readonly compilers: readonly { readonly framework: string; readonly target: string; readonly image: string }[];
  readonly imageNames: readonly { readonly from: string; readonly to: string }[];
  readonly uptimeSeconds: number;
  readonly process: { readonly residentBytes: number };
  readonly resources: {
    /** Of training; the name is older than the other kind. */
    readonly jobs: Readonly<Record<string, number>>;
    readonly compilationJobs: Readonly<Record<string, number>>;
    readonly vpcs: number;
    readonly networkInterfaces: number;
    readonly vpcEndpoints: number;
    readonly buckets: number;
  };
  readonly dataWorkers: readonly { readonly alive: boolean; readonly restarts: number; readonly listeners: number }[];
  readonly reconcilers: readonly Reconciler[];
}

interface Reconciler {
  readonly name: string;
  /** None yet when the daemon has just started. */
  readonly last?: {
    readonly startedAt: string;
    readonly durationMs: number;
    readonly changed: number;
    readonly failures: readonly { readonly subject: string; readonly message: string }[];
  };
}

export interface StatusOptions {
  readonly data: string;
  readonly json: boolean;
}

/** What the daemon says of itself, and what runs. Exit code 1 when something is not as it should be. */
export async function status(terminal: Terminal, options: StatusOptions): Promise<void> {
  const daemon = readRunningDaemon(options.data);
  const health = (await new Api(daemon).operator('/_cloister/health')) as Health;
  process.exitCode = health.status === 'ok' ? 0 : 1;
  if (options.json) {
    terminal.line(JSON.stringify(health, undefined, 2));
    return;
  }
  const { resources } = health;
  const memory = `${Math.round(health.process.residentBytes / 2 ** 20)} MB`;
  const ephemeral = health.ephemeral ? ', ephemeral' : '';
  terminal.done(`daemon ${health.version}, process ${daemon.pid}, ${daemon.endpoint}, ${daemon.region}, account ${daemon.accountId}${ephemeral}`);
  terminal.done(`up ${duration(health.uptimeSeconds)}, ${memory}`);
  terminal.done(`training jobs: ${byStatus(resources.jobs)}`);
  terminal.done(`compilation jobs: ${byStatus(resources.compilationJobs)}`);
  const networks = [counted(resources.vpcs, 'VPC'), counted(resources.networkInterfaces, 'interface'), counted(resources.vpcEndpoints, 'endpoint')];
  terminal.done(`networks: ${networks.join(', ')}; ${counted(resources.buckets, 'bucket')}`);
  for (const { framework, target, image } of health.compilers) terminal.done(`compiler of ${framework} for ${target} is ${image}`);
  for (const { from, to } of health.imageNames) terminal.done(`image ${from} is ${to}`);
  for (const worker of health.dataWorkers) {
    const text = `${counted(worker.listeners, 'listener')}, ${counted(worker.restarts, 'restart')}`;
    if (worker.alive) terminal.done(`data worker: answers, ${text}`);
    else terminal.refused(`data worker: does not answer, ${text}`);
  }
  for (const reconciler of health.reconcilers) showReconciler(terminal, reconciler);
}

function showReconciler(terminal: Terminal, { name, last }: Reconciler): void {
  if (last === undefined) {
    terminal.done(`${name}: has not run yet`);
    return;
  }
  const agoSeconds = Math.max(0, Math.round((systemClock.now().getTime() - Date.parse(last.startedAt)) / 1_000));
  const run = `${duration(agoSeconds)} ago, ${Math.round(last.durationMs)} ms, ${counted(last.changed, 'change')}`;
  if (last.failures.length === 0) terminal.done(`${name}: in agreement (${run})`);
  for (const { subject, message } of last.failures) terminal.refused(`${name}: ${subject}: ${message} (${run})`);
}

function byStatus(jobs: Readonly<Record<string, number>>): string {
  const counts = Object.entries(jobs).map(([status, count]) => `${count} ${status}`);
  return counts.length === 0 ? 'none' : counts.join(', ');
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
