import { describe, expect, it } from 'vitest';
import { advance, isTerminal, terminalStatusOf, type TrainingJobState } from './training-job.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const created: TrainingJobState = { status: 'InProgress', secondaryStatus: 'Starting', transitions: [], lastModifiedAt: at(0) };
const walk = (...statuses: Parameters<typeof advance>[1][]): TrainingJobState =>
  statuses.reduce((state, status, index) => advance(state, status, at(index + 1)), created);

describe('a training job', () => {
  it('goes from Starting to Completed with one transition for each status, ended where the next begins', () => {
    const job = walk('Starting', 'Downloading', 'Training', 'Uploading', 'Completed');
    expect(job.status).toBe('Completed');
    expect(job.transitions.map((transition) => transition.status)).toEqual(['Starting', 'Downloading', 'Training', 'Uploading', 'Completed']);
    for (const [index, transition] of job.transitions.slice(0, -1).entries()) expect(transition.endTime).toBe(job.transitions[index + 1]?.startTime);
    expect(job.transitions.at(-1)?.endTime).toBe(at(5));
  });

  it('has a message in every transition: the SageMaker SDK fails without one', () => {
    for (const transition of walk('Starting', 'Downloading', 'Training', 'Stopping', 'Uploading', 'Stopped').transitions) {
      expect(transition.statusMessage).not.toBe('');
    }
  });

  it('stays Stopping while it uploads what it has', () => {
    const job = walk('Starting', 'Training', 'Stopping', 'Uploading');
    expect([job.status, job.secondaryStatus]).toEqual(['Stopping', 'Uploading']);
  });

  it('is Stopped, not Failed, when it exceeded its run time', () => {
    expect(advance(walk('Starting', 'Training'), terminalStatusOf({ kind: 'max-runtime-exceeded' }), at(9)).status).toBe('Stopped');
  });

  it('does not move from where it ended, nor to where it is', () => {
    const ended = walk('Starting', 'Failed');
    expect(advance(ended, 'Training', at(9))).toBe(ended);
    const training = walk('Starting', 'Training');
    expect(advance(training, 'Training', at(9))).toBe(training);
    expect(isTerminal(training.status)).toBe(false);
  });
});
