import { systemClock } from '../../stdx/clock.ts';
import { sleep } from '../../stdx/deadline.ts';
import { type DescribedJob, hasEnded, hostsOf, JobLog } from '../logs/job-log.ts';
import { LineMerge } from '../logs/line-merge.ts';
import { LogScreen, lastWords } from '../logs/log-screen.ts';
import { parseSince } from '../logs/since.ts';
import { PatientApi } from '../patient-api.ts';

export interface LogsOptions {
  readonly data: string;
  readonly follow: boolean;
  readonly since?: string;
}

const pollMs = 300;
/** More than what comes between two looks: there is a backlog, and the next page is read at once. */
const backlogLines = 200;

/**
 * The lines of all instances of a job in order of time. Followed, it ends with the job. Exit code 1 when the job failed or
 * was stopped.
 */
export async function logs(name: string, options: LogsOptions): Promise<void> {
  const since = options.since === undefined ? undefined : parseSince(options.since, systemClock.now());
  let screen: LogScreen | undefined;
  const api = new PatientApi(options.data, () => screen?.say('the daemon does not answer; waiting for it'));
  const log = new JobLog(api, name, since);
  let job = await log.describe();
  screen = new LogScreen(process.stdout, process.stderr, process.env, job);
  const merge = new LineMerge(hostsOf(job));
  for (;;) {
    // The lines of a job are there before its last status is: they are read after the answer that has it.
    const isLast = !options.follow || hasEnded(job);
    const count = await readOnce(log, merge, job);
    screen.lines(merge.take(systemClock.now().getTime(), isLast));
    if (isLast && count === 0 && merge.caughtUp) break;
    if (isLast || count >= backlogLines) continue;
    screen.progress(job, systemClock.now());
    await sleep(pollMs);
    job = await log.describe();
  }
  screen.say(lastWords(name, job));
  process.exitCode = ['Failed', 'Stopped'].includes(job.TrainingJobStatus) ? 1 : 0;
}

/** One page of every host that is not ahead of the others. Returns how many lines came. */
async function readOnce(log: JobLog, merge: LineMerge, job: DescribedJob): Promise<number> {
  let count = 0;
  for (const host of merge.wanted) {
    const lines = await log.next(host, job);
    merge.add(host, lines);
    count += lines.length;
  }
  return count;
}
