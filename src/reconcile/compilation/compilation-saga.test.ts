import { expect, it, vi } from 'vitest';
import { compilationWorld, jobName, nothing } from '../../../test/fixtures/training-world.ts';
import { describeCompilationJobRow } from '../../services/sagemaker/compilation-job-description.ts';
import { JobsReconciler } from '../jobs.ts';

const patient = { timeout: 10_000, interval: 10 };
const artefact = { S3ModelArtifacts: 's3://bucket/compiled/model-ml_c5.tar.gz' };

/** A compiler that runs until it is stopped, and what the agent is told. */
function endless(more: object = {}) {
  const world = compilationWorld({}, more);
  world.containers.exitCodeOf = () => undefined;
  const orders: string[] = [];
  const { answer } = world.placement;
  world.placement.answer = (order) => {
    orders.push(order.kind);
    return answer(order);
  };
  const reconciler: JobsReconciler = new JobsReconciler(world.services, 1, () => void reconciler.activate());
  const describe = () => describeCompilationJobRow(world.row());
  return { ...world, orders, reconciler, describe };
}

const compilationJobs = ({ store }: ReturnType<typeof endless>) => store.sagemaker.compilationJobs;

it('is described with FailureReason and ModelArtifacts at every status, and with the times that it has come to', async () => {
  const world = endless();
  const waiting = world.describe();
  expect(waiting).toMatchObject({ CompilationJobStatus: 'STARTING', FailureReason: '', ModelArtifacts: artefact });
  expect([waiting.CompilationStartTime, waiting.CompilationEndTime]).toEqual([undefined, undefined]);
  world.clock.advance(1_000);
  await world.reconciler.activate();
  await vi.waitFor(() => expect(world.row().compilerStartAt).toBeDefined(), patient);
  const running = world.describe();
  expect(running).toMatchObject({ CompilationJobStatus: 'INPROGRESS', FailureReason: '', ModelArtifacts: artefact });
  expect(Number(running.CompilationStartTime)).toBe(Number(running.CreationTime) + 1_000);
  expect(running.CompilationEndTime).toBeUndefined();
  world.clock.advance(1_000);
  world.containers.exitCodeOf = () => 0;
  await world.containers.stop(`${jobName}.compiler`);
  await vi.waitFor(() => expect(world.row().saga).toBe('ended'), patient);
  const ended = world.describe();
  expect(ended).toMatchObject({ CompilationJobStatus: 'FAILED', ModelArtifacts: artefact });
  expect(ended.FailureReason).toMatch(/^ClientError: CompilationError: /u);
  expect(ended.ModelDigests).toBeUndefined();
  expect(Number(ended.CompilationEndTime)).toBe(Number(ended.CompilationStartTime) + 1_000);
});

it('that is stopped is STOPPING until its compiler has ended and everything is given back, and uploads nothing', async () => {
  const world = endless();
  await world.reconciler.activate();
  await vi.waitFor(() => expect(world.row().compilerStartAt).toBeDefined(), patient);
  const at = world.clock.now().toISOString();
  world.store.transact(() => void compilationJobs(world).update(jobName, { status: 'STOPPING', stopRequestedAt: at }));
  expect(world.describe()).toMatchObject({ CompilationJobStatus: 'STOPPING', FailureReason: '', ModelArtifacts: artefact });
  await world.reconciler.activate();
  await vi.waitFor(() => expect(world.row().saga).toBe('ended'), patient);
  expect(world.describe()).toMatchObject({ CompilationJobStatus: 'STOPPED', FailureReason: '', ModelArtifacts: artefact });
  expect(world.orders).toEqual(['unpack']);
  expect(world.held()).toEqual(nothing);
});

it('that takes longer than MaxRuntimeInSeconds fails as AWS says, and uploads nothing', async () => {
  const world = endless({ StoppingCondition: { MaxRuntimeInSeconds: 1 } });
  await world.reconciler.activate();
  await vi.waitFor(() => expect(world.row().saga).toBe('ended'), patient);
  expect(world.describe()).toMatchObject({
    CompilationJobStatus: 'FAILED',
    FailureReason: 'ClientError: TimeOut: Unable to compile model for ml_c5: the compiler ran for longer than MaxRuntimeInSeconds (1) and was ended.',
  });
  expect(world.orders).toEqual(['unpack']);
  expect(world.held()).toEqual(nothing);
});

it('that waits behind another one for longer than MaxPendingTimeInSeconds is stopped and has taken nothing', async () => {
  const world = endless({ StoppingCondition: { MaxPendingTimeInSeconds: 7_200 } });
  const first = world.row();
  const createdAt = new Date(Date.parse(first.createdAt) + 1).toISOString();
  const second = { compilationJobName: 'second', compilationJobArn: `${first.compilationJobArn}-2`, credentialsId: 'c2', createdAt };
  world.store.transact(() => compilationJobs(world).insert({ ...first, ...second }));
  await world.reconciler.activate();
  await vi.waitFor(() => expect(world.row().compilerStartAt).toBeDefined(), patient);
  expect(compilationJobs(world).get('second').status).toBe('STARTING');
  const interfaces = world.store.ec2.networkInterfaces.count();
  world.clock.advance(7_201_000);
  await world.reconciler.activate();
  await vi.waitFor(() => expect(compilationJobs(world).get('second').saga).toBe('ended'), patient);
  const described = describeCompilationJobRow(compilationJobs(world).get('second'));
  expect(described).toMatchObject({ CompilationJobStatus: 'STOPPED', FailureReason: '' });
  expect([described.CompilationStartTime, described.CompilationEndTime]).toEqual([undefined, undefined]);
  expect(world.store.ec2.networkInterfaces.count()).toBe(interfaces);
  await world.reconciler.shutdown();
});

it("gives nobody behind its compiler's interface credentials, not even who knows the job's id", async () => {
  const world = endless();
  await world.reconciler.activate();
  await vi.waitFor(() => expect(world.row().compilerStartAt).toBeDefined(), patient);
  const own = world.store.ec2.networkInterfaces.list().filter(({ description }) => description.includes(`compilation job ${jobName}`));
  expect(own).toHaveLength(2);
  for (const { networkInterfaceId } of own) expect(world.reconciler.credentialsOf(networkInterfaceId, world.row().credentialsId)).toBeUndefined();
  await world.reconciler.shutdown();
});
