import { expect, it } from 'vitest';
import { compilationWorld, trainingWorld } from '../../../test/fixtures/training-world.ts';
import { systemClock } from '../../stdx/clock.ts';
import { registries } from '../registries.ts';
import { DroppedPackets } from './dropped-packets.ts';
import { type MetricsSources, metricsPage } from './page.ts';
import { RequestCounts } from './request-counts.ts';

async function jobLines({ store }: Pick<MetricsSources, 'store'>): Promise<string[]> {
  const page = await metricsPage({
    options: { region: 'us-west-2', accountId: '111122223333', ephemeral: false, imageNames: [], compilers: [] },
    clock: systemClock,
    startedAt: systemClock.now(),
    store,
    dataPlane: { health: () => Promise.resolve([]) },
    loops: () => [],
    requests: new RequestCounts(registries),
    droppedPackets: new DroppedPackets({
      vpcNumbers: () => [],
      network: { counters: () => Promise.resolve([]) },
      clock: systemClock,
      log: () => undefined,
    }),
    refusedNames: { count: 0 },
    objectBytes: { received: 0, sent: 0 },
  });
  return page.split('\n').filter((line) => /^cloister_\w+_jobs\{/u.test(line) && !line.endsWith(' 0'));
}

it('counts jobs by kind and status, in the words of AWS for each', async () => {
  const compilation = compilationWorld();
  expect(await jobLines(compilation)).toEqual(['cloister_compilation_jobs{status="STARTING"} 1']);
  await compilation.run();
  expect(await jobLines(compilation)).toEqual(['cloister_compilation_jobs{status="COMPLETED"} 1']);
  const training = trainingWorld();
  await training.run();
  expect(await jobLines(training)).toEqual(['cloister_training_jobs{status="Completed"} 1']);
});
