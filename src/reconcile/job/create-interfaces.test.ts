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

it('fails a job in a VPC whose DHCP options name no domain, before anything of it is there', async () => {
  const world = trainingWorld();
  const { services, store } = world;
  const DhcpConfigurations = [{ Key: 'domain-name-servers', Values: ['AmazonProvidedDNS'] }];
  const { DhcpOptions } = (await services.call('ec2', 'CreateDhcpOptions', { DhcpConfigurations }, root)) as {
    DhcpOptions: { DhcpOptionsId: string };
  };
  const vpcId = store.ec2.subnets.list()[0]?.vpcId;
  await services.call('ec2', 'AssociateDhcpOptions', { DhcpOptionsId: DhcpOptions.DhcpOptionsId, VpcId: vpcId }, root);
  await world.run();
  expect(world.row()).toMatchObject({ status: 'Failed', secondaryStatus: 'Failed' });
  expect(world.row().failureReason).toContain(
    `missing one or more attributes: {DhcpOptionsId:${DhcpOptions.DhcpOptionsId} DomainNameServers:[AmazonProvidedDNS] DomainNameSearch:<nil>}`,
  );
  expect(world.faults.moments).not.toContain('before create');
  expect(world.held()).toEqual(nothing);
});
