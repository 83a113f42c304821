import { systemClock } from '../../stdx/clock.ts';
import { sleep } from '../../stdx/deadline.ts';
import { PatientApi } from '../patient-api.ts';
import { type DescribedJob, hasEnded, hostsOf, JobLog } from './job-log.ts';
import { LineMerge } from './line-merge.ts';
import { LogScreen, lastWords } from './log-screen.ts';

export interface FollowOptions {
  readonly data: string;
  /** To the end of the job; else what there is now. */
  readonly follow: boolean;
  readonly since?: Date | undefined;
  /** Each status of the job is said as it comes, too. */
  readonly tellsStatus?: boolean;
}

const pollMs = 300;
/** More than what comes between two looks: there is a backlog, and the next page is read at once. */
const backlogLines = 200;

/** Prints the lines of all instances of a job in order of time, and at the end what became of it. Returns the last description. */
export async function followJob(name: string, { data, follow, since, tellsStatus = false }: FollowOptions): Promise<DescribedJob> {
  let screen: LogScreen | undefined;
  const api = new PatientApi(data, () => screen?.say('the daemon does not answer; waiting for it'));
  const log = new JobLog(api, name, since);
  let job = await log.describe();
  screen = new LogScreen(process.stdout, process.stderr, process.env, job);
  const merge = new LineMerge(hostsOf(job));
  let told = 0;
  for (;;) {
    if (tellsStatus) told = tellStatuses(screen, job, told);
    // The lines of a job are there before its last status is: they are read after the answer that has it.
    const isLast = !follow || hasEnded(job);
    const count = await readOnce(log, merge, job);
    screen.lines(merge.take(systemClock.now().getTime(), isLast));
    if (isLast && count === 0 && merge.caughtUp) break;
    if (isLast || count >= backlogLines) continue;
    screen.progress(job, systemClock.now());
    await sleep(pollMs);
    job = await log.describe();
  }
  screen.say(lastWords(name, job));
  return job;
}

/** The last one is among the last words. Returns how many have been told. */
function tellStatuses(screen: LogScreen, { SecondaryStatusTransitions: transitions, ...job }: DescribedJob, told: number): number {
  for (const { Status, StatusMessage } of transitions.slice(told)) {
    if (Status !== job.TrainingJobStatus) screen.say(`${Status}: ${StatusMessage ?? ''}`);
  }
  return transitions.length;
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
