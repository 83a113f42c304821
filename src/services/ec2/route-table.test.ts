import { expect, it } from 'vitest';
import { ec2Account } from '../../../test/services/ec2-context.ts';

/** A VPC with a subnet and a table of its own. */
function network() {
  const account = ec2Account();
  const VpcId = account.createVpc();
  const SubnetId = account.createSubnet(VpcId);
  const RouteTableId = account.createRouteTable(VpcId);
  const mainId = account.store.ec2.routeTables.list({ vpcId: VpcId }).find(({ main }) => main)?.routeTableId ?? '';
  return { ...account, VpcId, SubnetId, RouteTableId, mainId };
}

it('is created with the local route', () => {
  const { call, RouteTableId, VpcId } = network();
  expect(call('DescribeRouteTables', { RouteTableIds: [RouteTableId] }).RouteTables).toMatchObject([
    { RouteTableId, VpcId, Associations: [], Routes: [{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' }] },
  ]);
});

it('answers a repeated creation with the same table, and refuses the token for another one', () => {
  const { call, refusal, VpcId } = network();
  const create = (): string | undefined => call('CreateRouteTable', { VpcId, ClientToken: 'once' }).RouteTable?.RouteTableId;
  expect(create()).toBe(create());
  const TagSpecifications = [{ ResourceType: 'route-table' as const, Tags: [{ Key: 'a', Value: 'b' }] }];
  expect(refusal('CreateRouteTable', { VpcId, ClientToken: 'once', TagSpecifications }).code).toBe('IdempotentParameterMismatch');
});

it('is associated with a subnet, once', () => {
  const { call, refusal, createRouteTable, generation, RouteTableId, SubnetId, VpcId } = network();
  const before = generation(VpcId);
  const { AssociationId, AssociationState } = call('AssociateRouteTable', { RouteTableId, SubnetId });
  expect(AssociationState).toEqual({ State: 'associated' });
  expect(generation(VpcId)).toBe(before + 1);
  const bySubnet = [{ Name: 'association.subnet-id', Values: [SubnetId] }];
  expect(call('DescribeRouteTables', { Filters: bySubnet }).RouteTables).toMatchObject([
    { RouteTableId, Associations: [{ RouteTableAssociationId: AssociationId, SubnetId, Main: false, RouteTableId }] },
  ]);
  const other = createRouteTable(VpcId);
  expect(refusal('AssociateRouteTable', { RouteTableId: other, SubnetId })).toMatchObject({
    code: 'Resource.AlreadyAssociated',
    message: `the specified association for route table ${other} conflicts with an existing association`,
  });
  expect(refusal('DeleteRouteTable', { RouteTableId })).toMatchObject({
    code: 'DependencyViolation',
    message: `The routeTable '${RouteTableId}' has dependencies and cannot be deleted.`,
  });
  call('DisassociateRouteTable', { AssociationId: AssociationId ?? '' });
  call('DeleteRouteTable', { RouteTableId });
  expect(refusal('DeleteRouteTable', { RouteTableId })).toMatchObject({
    code: 'InvalidRouteTableID.NotFound',
    message: `The routeTable ID '${RouteTableId}' does not exist`,
  });
});

it('is not associated across VPCs', () => {
  const { createVpc, createSubnet, refusal, RouteTableId } = network();
  const SubnetId = createSubnet(createVpc('10.1.0.0/16'), '10.1.1.0/24');
  expect(refusal('AssociateRouteTable', { RouteTableId, SubnetId })).toMatchObject({
    code: 'InvalidParameterValue',
    message: `route table ${RouteTableId} and subnet ${SubnetId} belong to different networks`,
  });
});

it('replaces an association by one with a new id', () => {
  const { call, createRouteTable, store, RouteTableId, SubnetId, VpcId } = network();
  const other = createRouteTable(VpcId);
  const { AssociationId = '' } = call('AssociateRouteTable', { RouteTableId, SubnetId });
  const { NewAssociationId } = call('ReplaceRouteTableAssociation', { AssociationId, RouteTableId: other });
  expect(NewAssociationId).not.toBe(AssociationId);
  expect(store.ec2.routeTables.get(RouteTableId).associations).toEqual([]);
  expect(store.ec2.routeTables.get(other).associations).toEqual([{ associationId: NewAssociationId, subnetId: SubnetId, main: false }]);
});

it('becomes the main table when it takes its place', () => {
  const { call, refusal, store, RouteTableId, mainId } = network();
  const AssociationId = store.ec2.routeTables.get(mainId).associations[0]?.associationId ?? '';
  expect(refusal('DisassociateRouteTable', { AssociationId })).toMatchObject({
    code: 'InvalidParameterValue',
    message: `cannot disassociate the main route table association ${AssociationId}`,
  });
  expect(refusal('DeleteRouteTable', { RouteTableId: mainId }).code).toBe('DependencyViolation');
  call('ReplaceRouteTableAssociation', { AssociationId, RouteTableId });
  expect(store.ec2.routeTables.get(RouteTableId)).toMatchObject({ main: true, associations: [{ main: true }] });
  expect(store.ec2.routeTables.get(mainId)).toMatchObject({ main: false, associations: [] });
  call('DeleteRouteTable', { RouteTableId: mainId });
});

it('does not know associations that are not there', () => {
  const { refusal, RouteTableId } = network();
  const gone = { code: 'InvalidAssociationID.NotFound', message: "The association ID 'rtbassoc-1' does not exist" };
  expect(refusal('DisassociateRouteTable', { AssociationId: 'rtbassoc-1' })).toMatchObject(gone);
  expect(refusal('ReplaceRouteTableAssociation', { AssociationId: 'rtbassoc-1', RouteTableId })).toMatchObject(gone);
});

it.each([
  [{ GatewayId: 'vgw-12345678' }, 'GatewayId'],
  [{ VpcPeeringConnectionId: 'pcx-12345678' }, 'VpcPeeringConnectionId'],
  [{ TransitGatewayId: 'tgw-12345678' }, 'TransitGatewayId'],
  [{ InstanceId: 'i-12345678' }, 'InstanceId'],
])('does not store a route that is not enforced: %j', (target, member) => {
  const { refusal, RouteTableId } = network();
  const { code, message } = refusal('CreateRoute', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', ...target });
  expect(code).toBe('UnsupportedOperation');
  expect(message).toMatch(new RegExp(`^The parameter ${member} is not supported: `));
});

it('refuses routes without one destination and one target', () => {
  const { refusal, RouteTableId } = network();
  expect(refusal('CreateRoute', { RouteTableId, GatewayId: 'igw-1' }).code).toBe('MissingParameter');
  expect(refusal('CreateRoute', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' }).code).toBe('MissingParameter');
  expect(refusal('CreateRoute', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', NatGatewayId: 'nat-1' }).code).toBe(
    'InvalidParameterCombination',
  );
  expect(refusal('CreateRoute', { RouteTableId, DestinationIpv6CidrBlock: '::/0', GatewayId: 'igw-1' }).message).toBe(
    'The parameter DestinationIpv6CidrBlock is not supported: there is no IPv6 in these networks.',
  );
  expect(refusal('CreateRoute', { RouteTableId, DestinationCidrBlock: 'all', GatewayId: 'igw-1' }).message).toBe(
    'Value (all) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.',
  );
  expect(refusal('CreateRoute', { RouteTableId, DestinationPrefixListId: 'pl-00000000', GatewayId: 'igw-1' }).code).toBe(
    'InvalidPrefixListID.NotFound',
  );
});

it('refuses routes to where instances reach the services of AWS', () => {
  const { refusal, RouteTableId } = network();
  for (const DestinationCidrBlock of ['169.254.169.254/32', '169.254.168.0/22']) {
    expect(refusal('CreateRoute', { RouteTableId, DestinationCidrBlock, NetworkInterfaceId: 'eni-1' })).toMatchObject({
      code: 'InvalidParameterValue',
      message: `The destination CIDR block ${DestinationCidrBlock} is in the range 169.254.168.0/22, which AWS keeps for its services.`,
    });
  }
});

it('keeps the local route', () => {
  const { call, refusal, RouteTableId } = network();
  expect(refusal('DeleteRoute', { RouteTableId, DestinationCidrBlock: '10.0.0.0/16' })).toMatchObject({
    code: 'InvalidParameterValue',
    message: `cannot remove local route 10.0.0.0/16 in route table ${RouteTableId}`,
  });
  expect(refusal('CreateRoute', { RouteTableId, DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local' })).toMatchObject({
    code: 'RouteAlreadyExists',
    message: 'The route identified by 10.0.0.0/16 already exists.',
  });
  expect(refusal('CreateRoute', { RouteTableId, DestinationCidrBlock: '10.0.1.0/24', GatewayId: 'igw-1' }).message).toMatch(
    /^The destination CIDR block 10\.0\.1\.0\/24 is equal to or more specific than one of this VPC's CIDR blocks\./,
  );
  expect(call('ReplaceRoute', { RouteTableId, DestinationCidrBlock: '10.0.0.0/16', LocalTarget: true })).toEqual({});
  const { code } = refusal('ReplaceRoute', { RouteTableId, DestinationCidrBlock: '10.0.0.0/16', NetworkInterfaceId: 'eni-12345678' });
  expect(code).toBe('UnsupportedOperation');
});

it('says which route is not there', () => {
  const { refusal, RouteTableId } = network();
  const absent = { code: 'InvalidRoute.NotFound', message: `no route with destination-cidr-block 0.0.0.0/0 in route table ${RouteTableId}` };
  expect(refusal('DeleteRoute', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' })).toMatchObject(absent);
  expect(refusal('ReplaceRoute', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' })).toMatchObject(absent);
});
