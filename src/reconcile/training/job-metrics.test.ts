import { expect, it } from 'vitest';
import { jobName, trainingWorld } from '../../../test/fixtures/training-world.ts';
import { metricsGivenUp } from '../../model/job/metrics.ts';
import type { FaultKind } from '../../../test/fakes/faults.ts';
import { finalMetrics } from '../../services/sagemaker/final-metrics.ts';

const AlgorithmSpecification = {
  TrainingImage: 'cloister/base',
  TrainingInputMode: 'File' as const,
  MetricDefinitions: [
    { Name: 'absent', Regex: 'absent=(\\d+)' },
    { Name: 'host', Regex: 'algo-(\\d)' },
  ],
};

/** The log of each instance has three lines. */
function worldOf(planned: Readonly<Record<number, FaultKind>> = {}) {
  const world = trainingWorld(planned, { AlgorithmSpecification });
  const { read } = world.services.metrics;
  const seen: string[] = [];
  Object.assign(world.services.metrics, {
    read: async (...asked: Parameters<typeof read>) => {
      seen.push(...asked[1].map(({ message }) => message));
      return await read(...asked);
    },
  });
  return { ...world, seen };
}

it('keeps the last value of each metric, in the order of the definitions', async () => {
  const { run, store, row, seen } = worldOf();
  await run();
  expect(seen).toHaveLength(6);
  const Timestamp = new Date('2026-11-01T12:00:00Z');
  const list = finalMetrics(row(), store.sagemaker.metrics(jobName)).FinalMetricDataList;
  expect(list).toEqual([{ MetricName: 'host', Value: expect.any(Number) as number, Timestamp }]);
  expect([1, 2]).toContain(list?.[0]?.Value);
});

it('reads no line twice, whenever its daemon is killed', async () => {
  const { run, faults } = worldOf();
  await run();
  const moments = faults.moments.flatMap((name, moment) => (/Log|logs|wait|start/u.test(name) ? [moment] : []));
  expect(moments.length).toBeGreaterThan(5);
  for (const moment of moments) {
    const world = worldOf({ [moment]: 'crash' });
    await world.run();
    expect([moment, world.seen.length, world.row().status]).toEqual([moment, new Set(world.seen).size, 'Completed']);
  }
});

it('gives up what takes too long, says so, and completes the job', async () => {
  const world = worldOf();
  Object.assign(world.services.metrics, { read: async () => await Promise.reject(new Error('metricsMs')) });
  await world.run();
  expect(world.row()).toMatchObject({ status: 'Completed', metricsGivenUp: true });
  expect(world.row().transitions.at(-1)?.statusMessage).toBe(`Training job completed. ${metricsGivenUp}`);
  expect(world.logged.filter((line) => line.includes('metrics are not read any more'))).toHaveLength(2);
});

it('metrics go with their job', async () => {
  const { run, store } = worldOf();
  await run();
  store.transact(() => store.sagemaker.trainingJobs.delete(jobName));
  expect(store.sagemaker.metrics(jobName)).toEqual([]);
  expect(store.sagemaker.metricLines(jobName, 'algo-1')).toBe(0);
});
