import { expect, it } from 'vitest';
import { ScriptLab, scriptMs } from './script-lab.ts';

/** A script for scikit-learn, in script mode, on rows of its channels and on those that come with the library. The tests go in order. */

const scripts = ScriptLab.ofFile('cloister/python');

interface Report {
  readonly trees: number;
  readonly rows: number;
  readonly wrong: readonly number[];
  readonly digits: number;
}

const run = async (name: string, archives: Readonly<Record<string, string>> = {}): Promise<Report> => {
  const metrics = [{ Name: 'accuracy', Regex: 'accuracy=(.*?);' }];
  const job = await scripts().run({ name, script: 'forest.py', hyperparameters: { trees: '50' }, archives, metrics });
  expect([job.TrainingJobStatus, job.FailureReason]).toEqual(['Completed', undefined]);
  const report = JSON.parse(await scripts().fileOf(name, 'output', 'report.json')) as Report;
  expect(job.FinalMetricDataList).toMatchObject([{ MetricName: 'accuracy', Value: expect.closeTo(1 - report.wrong.length / report.rows, 3) }]);
  return report;
};

let learnt: Report;

it(
  'learns from what is in its channels',
  async () => {
    learnt = await run('forest');
    expect(learnt).toMatchObject({ trees: 50, rows: 114 });
    expect(learnt.wrong.length).toBeLessThanOrEqual(8);
    expect(learnt.digits).toBeGreaterThan(0.98);
  },
  scriptMs,
);

it(
  'leaves a model from which another job predicts the same',
  async () => {
    expect(await run('judge', { model: 'forest' })).toEqual(learnt);
  },
  scriptMs,
);
