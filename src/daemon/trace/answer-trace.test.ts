import { expect, it } from 'vitest';
import { region } from '../../../test/fixtures/iam-world.ts';
import { compilationWorld, jobName, trainingWorld } from '../../../test/fixtures/training-world.ts';
import { traceAnswer, type TraceSources } from './answer-trace.ts';

const sourcesOf = ({ store }: Pick<TraceSources, 'store'>): TraceSources => ({
  store,
  region,
  network: {} as TraceSources['network'],
  dataPlane: { list: () => [] },
  uplink: () => Promise.resolve(undefined),
});
const packet = new URLSearchParams({ to: '10.0.2.77', port: '443' });

it("follows a packet from a compilation job's compiler while it runs, also when a training job had its name", async () => {
  const world = compilationWorld();
  world.containers.exitCodeOf = () => undefined;
  const daemon = world.daemon();
  await expect.poll(() => world.row().compilerStartAt).toBeDefined();
  const compiler = world.store.ec2.networkInterfaces
    .list()
    .find(({ description }) => description.endsWith(`compilation job ${jobName}: compiler algorithm`));
  const answer = await traceAnswer(sourcesOf(world), jobName, packet);
  expect(answer).toMatchObject({ status: 200, from: { networkInterfaceId: compiler?.networkInterfaceId }, to: { address: '10.0.2.77', port: 443 } });
  const { trainingJobs } = trainingWorld().store.sagemaker;
  world.store.transact(() => world.store.sagemaker.trainingJobs.insert({ ...trainingJobs.get(jobName), saga: 'ended' }));
  expect(await traceAnswer(sourcesOf(world), jobName, packet)).toMatchObject({
    status: 200,
    from: { networkInterfaceId: compiler?.networkInterfaceId },
  });
  await world.containers.stop(`${jobName}.compiler`);
  await daemon;
  expect(await traceAnswer(sourcesOf(world), jobName, packet)).toEqual({
    status: 404,
    message: `${jobName} is no network interface and no job that has interfaces now`,
  });
});
