import { expect, it } from 'vitest';
import { ReconcileLoop, type Reconciler } from '../reconcile/loop.ts';
import { systemClock } from '../stdx/clock.ts';
import { Store } from '../store/store.ts';
import { health, localstackHealth, type Observed } from './health.ts';

async function observed(failures: readonly { subject: string; message: string }[], alive: boolean): Promise<Observed> {
  const reconciler: Reconciler = { name: 'network', activate: () => Promise.resolve({ changed: 2, failures }) };
  const loop = new ReconcileLoop(reconciler, { periodMs: 60_000, clock: systemClock });
  const { promise: activated, resolve } = Promise.withResolvers<void>();
  loop.watch(resolve);
  loop.start();
  await activated;
  await loop.stop();
  return {
    options: { region: 'us-east-1', accountId: '000000000000', ephemeral: false, imageNames: [], compilers: [] },
    clock: systemClock,
    startedAt: systemClock.now(),
    store: new Store(':memory:'),
    dataPlane: { health: () => Promise.resolve([{ alive, restarts: 0, listeners: 1 }]) },
    loops: () => [loop],
  };
}

it('is ok, or degraded by a reconciler that failed or a data worker that does not answer', async () => {
  const failure = { subject: 'vpc-1', message: 'no' };
  const well = await health(await observed([], true));
  expect(well).toMatchObject({ status: 'ok', resources: { vpcs: 0, jobs: {}, compilationJobs: {} }, services: { s3: 'running' } });
  expect(await health(await observed([failure], true))).toMatchObject({ status: 'degraded', reconcilers: [{ name: 'network' }] });
  expect(await health(await observed([], false))).toMatchObject({ status: 'degraded', dataWorkers: [{ alive: false }] });
});

it('has the shape that existing tooling reads', () => {
  const { services, version, edition } = localstackHealth();
  expect(Object.keys(services).toSorted()).toEqual(['ec2', 'iam', 'logs', 's3', 'sagemaker', 'sts']);
  expect(new Set(Object.values(services))).toEqual(new Set(['running']));
  expect([typeof version, typeof edition]).toEqual(['string', 'string']);
});
