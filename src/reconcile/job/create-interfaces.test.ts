import { expect, it } from 'vitest';
import { root } from '../../../test/fixtures/iam-world.ts';
import { nothing, trainingWorld } from '../../../test/fixtures/training-world.ts';

it('says how many addresses each subnet has that was tried, when none has room', async () => {
  const world = trainingWorld();
  const { store, services } = world;
  const [small, large] = store.ec2.subnets.list().toSorted((a, b) => a.cidrBlock.localeCompare(b.cidrBlock));
  // Of the 251 of the second one three stay, and the first has as many.
  for (let taken = 0; taken < 248; taken += 1) await services.call('ec2', 'CreateNetworkInterface', { SubnetId: large?.subnetId }, root);
  await world.run();
  const { status, failureReason } = world.row();
  expect([status, failureReason]).toEqual([
    'Failed',
    'ClientError: The specified subnet does not have enough free addresses to satisfy the request. The job needs 4 private IP addresses in one subnet, ' +
      `two for each instance; ${small?.subnetId} has 3 free, ${large?.subnetId} has 3 free. Use a larger subnet, or list another one.`,
  ]);
  expect(world.held()).toEqual({ ...nothing, interfaces: 248 });
});
