import type { MachineSize } from './instance-types.ts';

/** A job whose end has not come, as the queue sees it. */
export interface QueuedJob {
  readonly name: string;
  readonly instances: number;
  readonly gpus: number;
  /** It has taken something of the machine or the account, in this daemon or an earlier one. */
  readonly isBegun: boolean;
  readonly isStopping: boolean;
}

export interface QueueTurn {
  /** Begun or not: these run now. */
  readonly running: readonly string[];
  /** The first is the next. */
  readonly waiting: readonly string[];
}

/** What an instance without work takes: an agent, a monitor, its container's first program. */
const instanceMemoryBytes = 256 << 20;
const instancesPerCpu = 32;

/** Instances that a machine runs at once when nobody says how many. Their limits are not added up: jobs share the machine. */
export function instancesAtOnce({ cpus, memoryBytes }: MachineSize): number {
  return Math.max(1, Math.min(cpus * instancesPerCpu, Math.floor(memoryBytes / instanceMemoryBytes)));
}

/**
 * Who may run, of jobs in the order they were created: first come, first served, nobody overtakes. What has begun goes on.
 * A job that is larger than the machine runs alone, and jobs with GPUs one after the other: a GPU has one user. One that
 * is to stop before it began takes nothing, and ends at once.
 */
export function queueTurn(jobs: readonly QueuedJob[], instancesMax: number): QueueTurn {
  const begun = jobs.filter(({ isBegun }) => isBegun);
  let instances = begun.reduce((sum, job) => sum + job.instances, 0);
  let hasGpus = begun.some(({ gpus }) => gpus > 0);
  const running = new Set(begun.map(({ name }) => name));
  const waiting: string[] = [];
  for (const job of jobs) {
    if (job.isBegun) continue;
    const fits = instances === 0 || instances + job.instances <= instancesMax;
    if (job.isStopping) running.add(job.name);
    else if (waiting.length > 0 || !fits || (job.gpus > 0 && hasGpus)) waiting.push(job.name);
    else {
      running.add(job.name);
      instances += job.instances;
      hasGpus ||= job.gpus > 0;
    }
  }
  return { running: jobs.map(({ name }) => name).filter((name) => running.has(name)), waiting };
}

/** The status message of a job that waits; `before` are those that wait longer. */
export function waitingMessage(before: number): string {
  const jobs = before === 0 ? 'it is the next' : before === 1 ? '1 job before it' : `${before} jobs before it`;
  return `Waiting for capacity: ${jobs}.`;
}

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html: the job is stopped. */
export const pendingOverMessage = (seconds: number): string => `Stopping the training job: it was pending for MaxPendingTimeInSeconds (${seconds}).`;
