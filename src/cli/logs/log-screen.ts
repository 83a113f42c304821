import { stripVTControlCharacters } from 'node:util';
import { duration } from '../duration.ts';
import { wantsColours } from '../terminal.ts';
import { hostsOf, type DescribedJob } from './job-log.ts';
import type { HostLine } from './line-merge.ts';

/** What is needed of `process.stdout` and `process.stderr`. */
export type Output = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>;

/** Told apart on dark and light grounds; red is for failures. */
const hostColours = [36, 33, 35, 32, 34, 96, 93, 95, 92, 94] as const;
const clearLine = '\r\u001B[K';
const columnsDefault = 80;

/** Lines go to standard output, what is said about the job to standard error, with a last line there that moves on. */
export class LogScreen {
  readonly #out: Output;
  readonly #error: Output;
  readonly #colours: boolean;
  readonly #hosts: readonly string[];
  #progress = '';

  constructor(out: Output, error: Output, environment: Readonly<Record<string, string | undefined>>, job: DescribedJob) {
    this.#out = out;
    this.#error = error;
    this.#colours = wantsColours(out, environment);
    this.#hosts = hostsOf(job);
  }

  lines(lines: readonly HostLine[]): void {
    if (lines.length === 0) return;
    this.#clear();
    this.#out.write(lines.map((line) => `${this.#prefix(line.host)}${this.#text(line.text)}\n`).join(''));
  }

  say(text: string): void {
    this.#clear();
    this.#error.write(`${text}\n`);
  }

  /** Only where somebody looks on. */
  progress(job: DescribedJob, now: Date): void {
    if (!this.#error.isTTY) return;
    const columns = this.#error.columns ?? columnsDefault;
    const text = progressOf(job, now).slice(0, columns - 1);
    if (text === this.#progress) return;
    this.#clear();
    this.#error.write(text);
    this.#progress = text;
  }

  #clear(): void {
    if (this.#progress !== '') this.#error.write(clearLine);
    this.#progress = '';
  }

  /** One host's lines are its output as it is. */
  #prefix(host: string): string {
    if (this.#hosts.length === 1) return '';
    const width = Math.max(...this.#hosts.map(({ length }) => length));
    const prefix = `${host.padEnd(width)} | `;
    const colour = hostColours[this.#hosts.indexOf(host) % hostColours.length];
    return this.#colours ? `\u001B[${colour}m${prefix}\u001B[0m` : prefix;
  }

  /** A program's output steers nobody's terminal: neither its colours nor its title. A file gets every byte. */
  #text(text: string): string {
    // eslint-disable-next-line no-control-regex
    return this.#out.isTTY ? stripVTControlCharacters(text).replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/gu, '') : text;
  }
}

/** `Training, 1 min 12 s, validation:loss 0.31` */
export function progressOf({ SecondaryStatus, CreationTime, FinalMetricDataList = [] }: DescribedJob, now: Date): string {
  const elapsed = duration(Math.max(0, Math.floor(now.getTime() / 1_000 - CreationTime)));
  const last = FinalMetricDataList.toSorted((a, b) => a.Timestamp - b.Timestamp).at(-1);
  return [SecondaryStatus, elapsed, ...(last === undefined ? [] : [`${last.MetricName} ${last.Value}`])].join(', ');
}

/** What became of the job, in AWS's words. */
export function lastWords(name: string, job: DescribedJob): string {
  const { TrainingJobStatus, SecondaryStatus, FailureReason, SecondaryStatusTransitions } = job;
  const status = TrainingJobStatus === SecondaryStatus ? TrainingJobStatus : `${TrainingJobStatus} (${SecondaryStatus})`;
  const why = FailureReason ?? SecondaryStatusTransitions.at(-1)?.StatusMessage;
  return `${name}: ${status}${why === undefined ? '' : `: ${why}`}`;
}
