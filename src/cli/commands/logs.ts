import { systemClock } from '../../stdx/clock.ts';
import { followJob } from '../logs/follow-job.ts';
import { parseSince } from '../logs/since.ts';

export interface LogsOptions {
  readonly data: string;
  readonly follow: boolean;
  readonly since?: string;
}

/**
 * The lines of all instances of a job in order of time. Followed, it ends with the job. Exit code 1 when the job failed or
 * was stopped.
 */
export async function logs(name: string, { data, follow, since }: LogsOptions): Promise<void> {
  const job = await followJob(name, { data, follow, since: since === undefined ? undefined : parseSince(since, systemClock.now()) });
  process.exitCode = ['Failed', 'Stopped'].includes(job.TrainingJobStatus) ? 1 : 0;
}
