import { expect, it, vi } from 'vitest';
import { trainingWorld, jobName } from '../../test/fixtures/training-world.ts';
import type { TrainingJobRow } from '../store/sagemaker.ts';
import { JobsReconciler } from './jobs.ts';

const jobs = 200;
const instancesMax = 3;
const nameOf = (number: number): string => `job-${String(number).padStart(3, '0')}`;

/** The world's job as many: in the order of their numbers. */
function queue(count: number, change: Partial<Record<string, object>> = {}) {
  const world = trainingWorld();
  const { store } = world;
  const { trainingJobs } = store.sagemaker;
  const first = trainingJobs.get(jobName);
  store.transact(() => {
    trainingJobs.delete(jobName);
    for (let number = 1; number <= count; number += 1) {
      const trainingJobName = nameOf(number);
      const createdAt = new Date(Date.parse(first.createdAt) + number).toISOString();
      const ResourceConfig = { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 };
      const request = { ...first.request, ResourceConfig, ...change, TrainingJobName: trainingJobName };
      const credentialsId = `${first.credentialsId}-${number}`;
      trainingJobs.insert({ ...first, trainingJobName, credentialsId, trainingJobArn: `${first.trainingJobArn}-${number}`, createdAt, request });
    }
  });
  const started: string[] = [];
  let most = 0;
  world.containers.exitCodeOf = (name) => {
    if (name.endsWith('algo-1')) started.push(name.split('.')[0] ?? '');
    most = Math.max(most, world.containers.held.size);
    return 0;
  };
  const daemon = (room = instancesMax): JobsReconciler => {
    const reconciler: JobsReconciler = new JobsReconciler(world.services, room, () => void reconciler.activate());
    return reconciler;
  };
  const row = (number: number): TrainingJobRow => trainingJobs.get(nameOf(number));
  return { ...world, row, daemon, started, most: () => most, statuses: () => trainingJobs.list().map(({ status }) => status) };
}

const messageOf = ({ transitions }: TrainingJobRow): string | undefined => transitions.at(-1)?.statusMessage;
const patient = { timeout: 60_000, interval: 20 };

it(`${jobs} jobs run in the order they were created, as many at once as there is room for`, { timeout: 90_000 }, async () => {
  const world = queue(jobs);
  await world.daemon().activate();
  expect([messageOf(world.row(4)), messageOf(world.row(5)), messageOf(world.row(jobs))]).toEqual([
    'Waiting for capacity: it is the next.',
    'Waiting for capacity: 1 job before it.',
    `Waiting for capacity: ${jobs - 4} jobs before it.`,
  ]);
  await vi.waitFor(() => expect(world.statuses()).toEqual(Array.from({ length: jobs }, () => 'Completed')), patient);
  // Those that run at once may get to their containers in any order; nobody comes before one that had to end first.
  for (const [place, name] of world.started.entries()) expect(Math.abs(place - Number(name.slice(4)) + 1)).toBeLessThan(instancesMax);
  expect(world.most()).toBeLessThanOrEqual(instancesMax);
  expect(world.row(jobs).transitions[0]?.statusMessage).toBe('Preparing the instances for training');
});

it('a job that waits is stopped at once, and has taken nothing', async () => {
  const world = queue(3);
  world.containers.exitCodeOf = () => undefined;
  const daemon = world.daemon(1);
  await daemon.activate();
  await vi.waitFor(() => expect(world.row(1).secondaryStatus).toBe('Training'), patient);
  const interfaces = world.store.ec2.networkInterfaces.count();
  world.store.transact(() => void world.store.sagemaker.trainingJobs.update(nameOf(2), { stopRequestedAt: world.clock.now().toISOString() }));
  await daemon.activate();
  await vi.waitFor(() => expect(world.row(2)).toMatchObject({ status: 'Stopped', saga: 'ended' }), patient);
  expect(world.store.ec2.networkInterfaces.count()).toBe(interfaces);
  await daemon.activate();
  expect(messageOf(world.row(3))).toBe('Waiting for capacity: it is the next.');
  await daemon.shutdown();
});

it('the next daemon goes on with those that had begun, also when it has less room, and keeps the order of the others', async () => {
  const world = queue(4);
  world.containers.exitCodeOf = () => undefined;
  const first = world.daemon(2);
  await first.activate();
  await vi.waitFor(() => expect([1, 2].map((number) => world.row(number).secondaryStatus)).toEqual(['Training', 'Training']), patient);
  await first.shutdown();
  world.containers.exitCodeOf = (name) => (name.startsWith(nameOf(1)) ? 0 : undefined);
  const next = world.daemon(1);
  await next.activate();
  await vi.waitFor(() => expect(world.row(1).status).toBe('Completed'), patient);
  // The second still holds the room.
  expect([3, 4].map((number) => messageOf(world.row(number)))).toEqual([
    'Waiting for capacity: it is the next.',
    'Waiting for capacity: 1 job before it.',
  ]);
  await next.shutdown();
});

it('a job waits no longer than MaxPendingTimeInSeconds', async () => {
  const world = queue(2, { StoppingCondition: { MaxPendingTimeInSeconds: 7_200 } });
  world.containers.exitCodeOf = () => undefined;
  const daemon = world.daemon(1);
  await daemon.activate();
  await vi.waitFor(() => expect(world.row(1).secondaryStatus).toBe('Training'), patient);
  world.clock.advance(7_201_000);
  await daemon.activate();
  await vi.waitFor(() => expect(world.row(2).status).toBe('Stopped'), patient);
  expect(world.row(2).transitions.find(({ status }) => status === 'Stopping')?.statusMessage).toContain('MaxPendingTimeInSeconds (7200)');
  expect(world.row(1).stopRequestedAt).toBeUndefined();
  await daemon.shutdown();
});
