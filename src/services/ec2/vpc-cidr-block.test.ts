import { expect, it } from 'vitest';
import { ec2Account } from '../../../test/services/ec2-context.ts';

const local = (DestinationCidrBlock: string) => ({ DestinationCidrBlock, GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' });

it('adds a block, with a local route in every table of the VPC', () => {
  const { call, createVpc, createRouteTable, generation } = ec2Account();
  const VpcId = createVpc('10.2.0.0/16');
  createRouteTable(VpcId);
  const before = generation(VpcId);
  const added = call('AssociateVpcCidrBlock', { VpcId, CidrBlock: '100.64.1.9/20' }).CidrBlockAssociation;
  expect(added).toMatchObject({ CidrBlock: '100.64.0.0/20', CidrBlockState: { State: 'associating' } });
  expect(generation(VpcId)).toBe(before + 1);
  const [vpc] = call('DescribeVpcs', { Filters: [{ Name: 'cidr-block-association.cidr-block', Values: ['100.64.0.0/20'] }] }).Vpcs ?? [];
  expect(vpc?.CidrBlock).toBe('10.2.0.0/16');
  expect(vpc?.CidrBlockAssociationSet?.map(({ CidrBlock, CidrBlockState }) => [CidrBlock, CidrBlockState?.State])).toEqual([
    ['10.2.0.0/16', 'associated'],
    ['100.64.0.0/20', 'associated'],
  ]);
  createRouteTable(VpcId);
  for (const table of call('DescribeRouteTables', {}).RouteTables ?? []) {
    expect(table.Routes).toEqual([local('10.2.0.0/16'), local('100.64.0.0/20')]);
  }
});

it('takes a block away that no subnet needs, and its local routes', () => {
  const { call, createVpc, createSubnet, refusal } = ec2Account();
  const VpcId = createVpc('10.2.0.0/16');
  const AssociationId = call('AssociateVpcCidrBlock', { VpcId, CidrBlock: '10.3.0.0/16' }).CidrBlockAssociation?.AssociationId ?? '';
  const SubnetId = createSubnet(VpcId, '10.3.1.0/24');
  expect(refusal('DisassociateVpcCidrBlock', { AssociationId })).toMatchObject({
    code: 'InvalidCidrBlock.InUse',
    message: `The vpc ${VpcId} currently has a subnet within CIDR block 10.3.0.0/16`,
  });
  call('DeleteSubnet', { SubnetId });
  expect(call('DisassociateVpcCidrBlock', { AssociationId }).CidrBlockAssociation?.CidrBlockState).toEqual({ State: 'disassociating' });
  expect(call('DescribeVpcs', {}).Vpcs?.[0]?.CidrBlockAssociationSet).toHaveLength(1);
  expect(call('DescribeRouteTables', {}).RouteTables?.[0]?.Routes).toEqual([local('10.2.0.0/16')]);
  expect(refusal('CreateSubnet', { VpcId, CidrBlock: '10.3.1.0/24' }).code).toBe('InvalidSubnet.Range');
});

it('keeps the primary block, and refuses associations that are not there', () => {
  const { call, createVpc, refusal } = ec2Account();
  createVpc();
  const primary = call('DescribeVpcs', {}).Vpcs?.[0]?.CidrBlockAssociationSet?.[0]?.AssociationId ?? '';
  expect(refusal('DisassociateVpcCidrBlock', { AssociationId: primary })).toMatchObject({
    code: 'OperationNotPermitted',
    message: expect.stringContaining('It is the primary IPv4 CIDR block of the VPC') as string,
  });
  expect(refusal('DisassociateVpcCidrBlock', { AssociationId: 'vpc-cidr-assoc-0' }).code).toBe('InvalidVpcCidrBlockAssociationID.NotFound');
});

it.each([
  ['10.2.0.0/16', '10.2.8.0/24', 'conflicts with another CIDR block of the VPC'],
  ['10.2.0.0/16', '172.16.0.0/16', 'is restricted'],
  ['10.2.0.0/16', '192.168.0.0/16', 'is restricted'],
  ['10.0.0.0/24', '10.0.1.0/24', 'is restricted'],
  ['10.1.0.0/16', '10.0.0.0/16', 'is restricted'],
  ['10.2.0.0/16', '198.19.0.0/24', 'which Cloister keeps for'],
  ['172.16.0.0/16', '172.31.0.0/16', 'is restricted'],
  ['192.168.0.0/24', '10.0.0.0/16', 'is restricted'],
  ['100.64.0.0/16', '10.0.0.0/16', 'is restricted'],
  ['10.2.0.0/16', '10.4.0.0/15', 'is invalid'],
  ['10.2.0.0/16', '10.4.0.0/29', 'is invalid'],
  ['10.2.0.0/16', '169.254.0.0/16', 'which is link-local'],
])('to %s adds no %s, as AWS does not', (CidrBlock, added, reason) => {
  const { createVpc, refusal } = ec2Account();
  const VpcId = createVpc(CidrBlock);
  expect(refusal('AssociateVpcCidrBlock', { VpcId, CidrBlock: added })).toMatchObject({
    code: 'InvalidVpc.Range',
    message: expect.stringContaining(reason) as string,
  });
});

it.each([
  ['10.2.0.0/16', '10.0.0.0/16'],
  ['10.1.0.0/16', '10.2.0.0/16'],
  ['172.31.0.0/16', '172.16.0.0/16'],
  ['192.168.0.0/24', '192.168.1.0/24'],
  ['10.2.0.0/16', '100.64.0.0/16'],
  ['192.168.0.0/24', '52.1.0.0/16'],
])('to %s adds %s', (CidrBlock, added) => {
  const { call, createVpc } = ec2Account();
  const VpcId = createVpc(CidrBlock);
  expect(call('AssociateVpcCidrBlock', { VpcId, CidrBlock: added }).CidrBlockAssociation?.CidrBlock).toBe(added);
});

it('gives a VPC five blocks', () => {
  const { call, createVpc, refusal } = ec2Account();
  const VpcId = createVpc('10.2.0.0/16');
  for (const CidrBlock of ['10.3.0.0/16', '10.4.0.0/16', '10.5.0.0/16', '10.6.0.0/16']) call('AssociateVpcCidrBlock', { VpcId, CidrBlock });
  expect(refusal('AssociateVpcCidrBlock', { VpcId, CidrBlock: '10.7.0.0/16' })).toMatchObject({
    code: 'CidrLimitExceeded',
    message: `This network '${VpcId}' has met its maximum number of allowed CIDRs: 5`,
  });
});

it('refuses IPv6 and address pools by name', () => {
  const { createVpc, refusal } = ec2Account();
  const VpcId = createVpc();
  for (const more of [{ AmazonProvidedIpv6CidrBlock: true }, { Ipv6CidrBlock: '2001:db8::/56' }, { Ipv4IpamPoolId: 'ipam-pool-1' }]) {
    expect(refusal('AssociateVpcCidrBlock', { VpcId, CidrBlock: '10.4.0.0/16', ...more })).toMatchObject({
      code: 'UnsupportedOperation',
      message: expect.stringContaining(Object.keys(more)[0] ?? '') as string,
    });
  }
  expect(refusal('AssociateVpcCidrBlock', { VpcId }).code).toBe('MissingParameter');
});

it('puts subnets into a secondary block, beside none that are there', () => {
  const { call, createVpc, createSubnet, refusal } = ec2Account();
  const VpcId = createVpc('10.2.0.0/16');
  call('AssociateVpcCidrBlock', { VpcId, CidrBlock: '10.3.0.0/24' });
  const SubnetId = createSubnet(VpcId, '10.3.0.0/28');
  const [subnet] = call('DescribeSubnets', { SubnetIds: [SubnetId] }).Subnets ?? [];
  expect(subnet).toMatchObject({ CidrBlock: '10.3.0.0/28', AvailableIpAddressCount: 11 });
  expect(refusal('CreateSubnet', { VpcId, CidrBlock: '10.3.0.0/27' }).code).toBe('InvalidSubnet.Conflict');
  expect(refusal('CreateSubnet', { VpcId, CidrBlock: '10.3.0.0/23' }).code).toBe('InvalidSubnet.Range');
});
