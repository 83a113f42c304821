import { expect, it } from 'vitest';
import type { DescribedJob } from './job-log.ts';
import { lastWords, LogScreen, progressOf } from './log-screen.ts';
import { parseSince } from './since.ts';

const job: DescribedJob = {
  TrainingJobStatus: 'InProgress',
  SecondaryStatus: 'Training',
  CreationTime: 1_000,
  ResourceConfig: { InstanceCount: 10 },
  SecondaryStatusTransitions: [{ Status: 'Training', StatusMessage: 'Training in progress.' }],
};
const line = { host: 'algo-2', time: 1, text: 'hello \u001B[31mred\u001B[0m \u0007\u001B]0;title\u0007' };

function screenOf(isTTY: boolean, environment: Record<string, string> = {}, shown: DescribedJob = job) {
  const [out, error]: [string[], string[]] = [[], []];
  const stream = (to: string[]) => ({ isTTY, columns: 30, write: (text: string | Uint8Array) => to.push(String(text)) > 0 });
  return { out, error, screen: new LogScreen(stream(out), stream(error), environment, shown) };
}

it('a terminal gets a colour for each host, nothing that a program sends to steer it, and a progress line that moves on', () => {
  const { out, error, screen } = screenOf(true);
  screen.progress(job, new Date(1_042_000));
  screen.lines([line]);
  expect(out).toEqual(['\u001B[33malgo-2  | \u001B[0mhello red \n']);
  expect(error).toEqual(['Training, 42 s', '\r\u001B[K']);
});

it('NO_COLOR leaves the host names plain', () => {
  const { out, screen } = screenOf(true, { NO_COLOR: '1' });
  screen.lines([line]);
  expect(out).toEqual(['algo-2  | hello red \n']);
});

it('a file gets every byte and no progress; one host needs no name', () => {
  const { out, error, screen } = screenOf(false, {}, { ...job, ResourceConfig: { InstanceCount: 1 } });
  screen.progress(job, new Date(1_042_000));
  screen.lines([{ ...line, host: 'algo-1' }]);
  expect(out).toEqual([`${line.text}\n`]);
  expect(error).toEqual([]);
});

it('the progress names the newest metric; the last words are those of the job', () => {
  const metrics = [
    { MetricName: 'loss', Value: 0.25, Timestamp: 9 },
    { MetricName: 'epoch', Value: 3, Timestamp: 8 },
  ];
  expect(progressOf({ ...job, FinalMetricDataList: metrics }, new Date(1_072_000))).toBe('Training, 1 min 12 s, loss 0.25');
  const failed = { ...job, TrainingJobStatus: 'Failed', SecondaryStatus: 'Failed', FailureReason: 'AlgorithmError: , exit code: 1' };
  expect(lastWords('job', failed)).toBe('job: Failed: AlgorithmError: , exit code: 1');
  expect(lastWords('job', { ...job, TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxRuntimeExceeded' })).toBe(
    'job: Stopped (MaxRuntimeExceeded): Training in progress.',
  );
});

it('--since takes a while ago or a date', () => {
  const now = new Date('2026-11-01T12:00:00Z');
  expect(parseSince('90s', now).toISOString()).toBe('2026-11-01T11:58:30.000Z');
  expect(parseSince('1d', now).toISOString()).toBe('2026-10-31T12:00:00.000Z');
  expect(parseSince('2026-11-01T11:00:00Z', now).toISOString()).toBe('2026-11-01T11:00:00.000Z');
  for (const wrong of ['', '5', '5w', 'yesterday', '-1h']) expect(() => parseSince(wrong, now)).toThrow('--since');
});
