import { expect, it } from 'vitest';
import { compilationWorld, jobName } from '../../../test/fixtures/training-world.ts';
import { region } from '../../../test/fixtures/iam-world.ts';
import type { ContainerDriver } from '../../drivers/container/container-driver.ts';
import { noRefusedNames } from '../../model/network/refused-names.ts';
import { inspectJob } from './inspect-job.ts';
import type { InspectionSources } from './inspection.ts';

const link = { up: true };

function sourcesOf({ store, containers }: ReturnType<typeof compilationWorld>): InspectionSources {
  return {
    store,
    region,
    network: { held: () => Promise.resolve({ links: [link] }), namespacePath: () => '/run/netns/one' } as unknown as InspectionSources['network'],
    compile: () => {
      throw new Error('no network is looked at');
    },
    containers: containers as Partial<ContainerDriver> as ContainerDriver,
    placement: { findAgent: (directory) => Promise.resolve(directory === `/instances/${jobName}.compiler` ? { pid: 7, alive: true } : undefined) },
    refusedNames: { ofInterface: () => noRefusedNames, ofVpc: () => noRefusedNames },
    instancesDirectory: '/instances',
  };
}

it('shows a compilation job that runs: what for, which step, its interfaces, agent and container', async () => {
  const world = compilationWorld();
  world.containers.exitCodeOf = () => undefined;
  const daemon = world.daemon();
  await expect.poll(() => world.row().compilerStartAt).toBeDefined();
  const inspection = await inspectJob(sourcesOf(world), jobName);
  expect(inspection).toMatchObject({ id: jobName, kind: 'compilation job', agrees: true });
  const facts = Object.fromEntries((inspection?.facts ?? []).map(({ fact, stored, kernel }) => [fact, [...stored, ...kernel].join(' ')]));
  expect(facts).toMatchObject({
    status: 'INPROGRESS',
    saga: 'running',
    model: 'XGBOOST for ml_c5',
    'step stage-model': 'done',
    'step compile-model': 'intent',
    'step upload-model': 'not begun',
    'compiler, agent': 'process 7',
    'compiler, container': 'running',
  });
  expect(facts['compiler, interface of the agent']).toMatch(/^eni-\w+ one up$/u);
  await world.containers.stop(`${jobName}.compiler`);
  await daemon;
});

it('shows of one that has ended what it said and asked for in vain, and that nothing of it is left', async () => {
  const world = compilationWorld();
  await world.run();
  const refused = { count: 2, names: [{ name: 'example.com', type: 'A', count: 2 }] };
  world.store.transact(() =>
    world.store.sagemaker.compilationJobs.update(jobName, { logsLost: { compiler: 'no way to logs' }, refusedNames: { compiler: refused } }),
  );
  const sources = sourcesOf(world);
  const ended = { ...sources, placement: { findAgent: () => Promise.resolve(undefined) } };
  const inspection = await inspectJob(ended, jobName);
  const stored = Object.fromEntries((inspection?.facts ?? []).map(({ fact, stored: rows }) => [fact, rows.join('; ')]));
  expect(inspection?.agrees).toBe(true);
  expect(stored).toMatchObject({
    status: 'COMPLETED',
    'compiler, log lines that were not delivered': 'no way to logs',
    'compiler, 2 questions that the resolver refused': 'example.com A (2 times)',
  });
  // Its journal is gone, and says nothing of its steps.
  expect(Object.keys(stored).filter((fact) => fact.startsWith('step '))).toEqual([]);
  // An agent that outlived it is marked.
  expect((await inspectJob(sources, jobName))?.facts.filter(({ agrees }) => !agrees).map(({ fact }) => fact)).toEqual(['compiler, agent']);
});

it('knows nothing of a job that is not there', async () => {
  expect(await inspectJob(sourcesOf(compilationWorld()), 'another')).toBeUndefined();
});
