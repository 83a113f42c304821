import { expect, it } from 'vitest';
import * as demo from '../../clients/demo-path.ts';
import { ScriptLab, scriptMs } from './script-lab.ts';

/** A script for XGBoost, in script mode, which also reads what the built-in trainer learnt from the same rows. */

const scripts = ScriptLab.ofFile('cloister/python');

it(
  'learns, reports its metrics, and finds the model of cloister/gbt as good as its own',
  async () => {
    const { lab, network } = scripts();
    expect((await lab.runJob(demo.trainingJob('builtin', network))).TrainingJobStatus).toBe('Completed');
    const job = await scripts().run({
      name: 'boost',
      script: 'boost.py',
      hyperparameters: { num_round: '4' },
      archives: { builtin: 'builtin' },
      metrics: [{ Name: 'validation:error', Regex: String.raw`validation-error:([0-9\.]+)` }],
    });
    expect([job.TrainingJobStatus, job.FailureReason]).toEqual(['Completed', undefined]);
    demo.expectXgboostModel(await lab.getObject('output/boost/output/model.tar.gz'));
    const report = JSON.parse(await scripts().fileOf('boost', 'model', 'report.json'));
    expect(report.error).toBeLessThan(0.12);
    expect(job.FinalMetricDataList).toMatchObject([{ MetricName: 'validation:error', Value: expect.closeTo(report.error, 4) }]);
    expect(report.builtin.rounds).toBe(4);
    expect(report.builtin.error).toBeLessThan(0.12);
  },
  scriptMs,
);
