import { expect, it } from 'vitest';
import { ec2Account } from '../../test/services/ec2-context.ts';
import { compile } from '../model/network/compile.ts';
import { readWorld } from './world.ts';

it('is all rows as plain values, without what only the API shows', () => {
  const { call, createVpc, createSubnet, createRouteTable, createGroup, createInterface, store } = ec2Account();
  const vpcId = createVpc();
  const subnetId = createSubnet(vpcId);
  const routeTableId = createRouteTable(vpcId);
  const groupId = createGroup(vpcId);
  const rule = [{ IpProtocol: 'tcp', FromPort: 7999, ToPort: 7999, UserIdGroupPairs: [{ GroupId: groupId, Description: 'peers' }] }];
  call('AuthorizeSecurityGroupIngress', { GroupId: groupId, IpPermissions: rule });
  call('AssociateRouteTable', { RouteTableId: routeTableId, SubnetId: subnetId });
  const ServiceName = 'com.amazonaws.us-east-1.s3';
  const vpcEndpointId = call('CreateVpcEndpoint', { VpcId: vpcId, ServiceName, RouteTableIds: [routeTableId] }).VpcEndpoint?.VpcEndpointId;
  const networkInterfaceId = createInterface(subnetId, [groupId]);

  const world = readWorld(store, 'us-east-1');
  expect(world.vpcs).toEqual([{ vpcId, number: 1, generation: 8, cidrBlocks: ['10.0.0.0/16'], enableDnsSupport: true, enableDnsHostnames: false }]);
  expect(world.subnets).toEqual([{ subnetId, vpcId, cidrBlock: '10.0.1.0/24', availabilityZone: 'us-east-1a' }]);
  const local = { destination: { cidrBlock: '10.0.0.0/16' }, target: { kind: 'local' } };
  const toS3 = { destination: { prefixListId: 'pl-63a5400a' }, target: { kind: 'gateway-endpoint', vpcEndpointId } };
  expect(world.routeTables.toSorted((a, b) => a.number - b.number)).toEqual([
    { routeTableId: expect.stringMatching(/^rtb-/), number: 1, vpcId, main: true, subnetIds: [], routes: [local] },
    { routeTableId, number: 2, vpcId, main: false, subnetIds: [subnetId], routes: [local, toS3] },
  ]);
  const [, ingress] = world.securityGroups.find((group) => group.groupId === groupId)?.rules ?? [];
  expect(ingress).toEqual({
    securityGroupRuleId: expect.stringMatching(/^sgr-/),
    direction: 'ingress',
    protocol: 'tcp',
    fromPort: 7999,
    toPort: 7999,
    peer: { groupId },
  });
  expect(world.networkInterfaces).toEqual([
    {
      networkInterfaceId,
      number: 1,
      vpcId,
      subnetId,
      privateIpAddress: '10.0.1.4',
      macAddress: '02:00:00:00:00:01',
      groupIds: [groupId],
      sourceDestCheck: true,
    },
  ]);
  expect(world.gatewayEndpoints).toEqual([
    { vpcEndpointId, number: 1, vpcId, serviceName: ServiceName, prefixListId: 'pl-63a5400a', routeTableIds: [routeTableId] },
  ]);
  expect(world.prefixLists).toEqual([{ prefixListId: 'pl-63a5400a', prefixListName: ServiceName, cidrBlocks: ['198.18.0.0/24'] }]);
});

it('knows the prefix list also of a region whose real id is not known', () => {
  const { store } = ec2Account();
  const [list] = readWorld(store, 'xx-north-9').prefixLists;
  expect(list?.prefixListId).toMatch(/^pl-[0-9a-f]{8}$/);
  expect(readWorld(store, 'xx-north-9').prefixLists[0]).toEqual(list);
});

it('is what the compiler of VPCs takes', () => {
  const { call, createVpc, createSubnet, createInterface, store } = ec2Account();
  const VpcId = createVpc();
  const NetworkInterfaceId = createInterface(createSubnet(VpcId));
  const [table] = store.ec2.routeTables.list({ vpcId: VpcId });
  const RouteTableIds = [table?.routeTableId ?? ''];
  call('CreateVpcEndpoint', { VpcId, ServiceName: 'com.amazonaws.us-east-1.s3', RouteTableIds });
  const plan = compile(readWorld(store, 'us-east-1'), VpcId);
  expect(plan).toMatchObject({ vpcId: VpcId, number: 1, generation: store.ec2.vpcs.get(VpcId).generation });
  expect(JSON.stringify(plan)).toContain(NetworkInterfaceId);
});
