import { expect, it } from 'vitest';
import { accountId, ec2Account } from '../../../test/services/ec2-context.ts';

it('creates a subnet in its block, in a zone', () => {
  const { call, createVpc, generation } = ec2Account();
  const VpcId = createVpc();
  const before = generation(VpcId);
  const created = call('CreateSubnet', { VpcId, CidrBlock: '10.0.1.9/24', AvailabilityZoneId: 'use1-az2' }).Subnet;
  expect(created).toMatchObject({
    VpcId,
    CidrBlock: '10.0.1.0/24',
    AvailabilityZone: 'us-east-1b',
    AvailabilityZoneId: 'use1-az2',
    AvailableIpAddressCount: 251,
    MapPublicIpOnLaunch: false,
    State: 'available',
    SubnetArn: `arn:aws:ec2:us-east-1:${accountId}:subnet/${created?.SubnetId}`,
  });
  expect(call('DescribeSubnets', { SubnetIds: [created?.SubnetId ?? ''] }).Subnets).toEqual([created]);
  expect(generation(VpcId)).toBe(before + 1);
});

it('keeps subnets inside their VPC and apart from each other', () => {
  const { createVpc, createSubnet, refusal } = ec2Account();
  const VpcId = createVpc();
  createSubnet(VpcId, '10.0.1.0/24');
  expect(refusal('CreateSubnet', { VpcId, CidrBlock: '10.0.1.128/25' })).toMatchObject({
    code: 'InvalidSubnet.Conflict',
    message: "The CIDR '10.0.1.128/25' conflicts with another subnet",
  });
  for (const CidrBlock of ['10.1.0.0/24', '10.0.2.0/29', '10.0.0.0/15']) {
    expect(refusal('CreateSubnet', { VpcId, CidrBlock })).toMatchObject({
      code: 'InvalidSubnet.Range',
      message: `The CIDR '${CidrBlock}' is invalid.`,
    });
  }
  expect(refusal('CreateSubnet', { VpcId, CidrBlock: 'ten' }).message).toBe(
    'Value (ten) for parameter cidrBlock is invalid. This is not a valid CIDR block.',
  );
  expect(refusal('CreateSubnet', { VpcId: 'vpc-00000000', CidrBlock: '10.0.2.0/24' })).toMatchObject({
    code: 'InvalidVpcID.NotFound',
    message: "The vpc ID 'vpc-00000000' does not exist",
  });
});

it('names the zones there are when another is asked for', () => {
  const { createVpc, refusal } = ec2Account({ region: 'eu-west-1' });
  expect(refusal('CreateSubnet', { VpcId: createVpc(), CidrBlock: '10.0.1.0/24', AvailabilityZone: 'us-east-1a' })).toMatchObject({
    code: 'InvalidParameterValue',
    message:
      'Value (us-east-1a) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: eu-west-1a, eu-west-1b, eu-west-1c.',
  });
});

it('counts the free addresses from the interfaces that are there', () => {
  const { call, createVpc, createSubnet, createInterface } = ec2Account();
  const VpcId = createVpc();
  const SubnetId = createSubnet(VpcId, '10.0.1.0/28');
  const free = (): number | undefined => call('DescribeSubnets', { SubnetIds: [SubnetId] }).Subnets?.[0]?.AvailableIpAddressCount;
  expect(free()).toBe(11);
  const NetworkInterfaceId = createInterface(SubnetId);
  createInterface(SubnetId);
  expect(free()).toBe(9);
  call('DeleteNetworkInterface', { NetworkInterfaceId });
  expect(free()).toBe(10);
});

it('is not deleted while an interface is in it, and leaves its route table', () => {
  const { call, createVpc, createSubnet, createRouteTable, createInterface, refusal, store } = ec2Account();
  const VpcId = createVpc();
  const SubnetId = createSubnet(VpcId);
  const RouteTableId = createRouteTable(VpcId);
  call('AssociateRouteTable', { RouteTableId, SubnetId });
  const NetworkInterfaceId = createInterface(SubnetId);
  expect(refusal('DeleteSubnet', { SubnetId })).toMatchObject({
    code: 'DependencyViolation',
    message: `The subnet '${SubnetId}' has dependencies and cannot be deleted.`,
  });
  call('DeleteNetworkInterface', { NetworkInterfaceId });
  call('DeleteSubnet', { SubnetId });
  expect(store.ec2.routeTables.get(RouteTableId).associations).toEqual([]);
  expect(refusal('DeleteSubnet', { SubnetId })).toMatchObject({
    code: 'InvalidSubnetID.NotFound',
    message: `The subnet ID '${SubnetId}' does not exist`,
  });
});

it('changes MapPublicIpOnLaunch, and refuses IPv6', () => {
  const { call, createVpc, createSubnet, refusal } = ec2Account();
  const SubnetId = createSubnet(createVpc());
  call('ModifySubnetAttribute', { SubnetId, MapPublicIpOnLaunch: { Value: true } });
  expect(call('DescribeSubnets', {}).Subnets?.[0]?.MapPublicIpOnLaunch).toBe(true);
  call('ModifySubnetAttribute', { SubnetId, AssignIpv6AddressOnCreation: { Value: false } });
  expect(refusal('ModifySubnetAttribute', { SubnetId, AssignIpv6AddressOnCreation: { Value: true } })).toMatchObject({
    code: 'UnsupportedOperation',
    message: 'The parameter AssignIpv6AddressOnCreation is not supported: there is no IPv6 in these networks.',
  });
});

it('filters by value, wildcard and tag, all of them together', () => {
  const { call, createVpc, createSubnet } = ec2Account();
  const VpcId = createVpc();
  const first = createSubnet(VpcId, '10.0.1.0/24');
  const second = createSubnet(VpcId, '10.0.2.0/24');
  createSubnet(createVpc('10.1.0.0/16'), '10.1.1.0/24');
  call('CreateTags', { Resources: [first], Tags: [{ Key: 'Name', Value: 'training-a' }] });
  const find = (Filters: { Name: string; Values: string[] }[]): (string | undefined)[] =>
    (call('DescribeSubnets', { Filters }).Subnets ?? []).map(({ SubnetId }) => SubnetId);
  expect(find([{ Name: 'vpc-id', Values: [VpcId] }])).toEqual([first, second].sort());
  expect(find([{ Name: 'cidr-block', Values: ['10.0.2.*'] }])).toEqual([second]);
  expect(find([{ Name: 'tag:Name', Values: ['training-?'] }])).toEqual([first]);
  expect(find([{ Name: 'tag-key', Values: ['Name'] }])).toEqual([first]);
  expect(
    find([
      { Name: 'vpc-id', Values: [VpcId] },
      { Name: 'tag:Name', Values: ['serving'] },
    ]),
  ).toEqual([]);
});

it('demands the new subnet and the VPC, and tagging when it is tagged', () => {
  const { createVpc, demands } = ec2Account();
  const VpcId = createVpc();
  const TagSpecifications = [{ ResourceType: 'subnet' as const, Tags: [{ Key: 'team', Value: 'vision' }] }];
  const arn = `arn:aws:ec2:us-east-1:${accountId}`;
  expect(demands('CreateSubnet', { VpcId, CidrBlock: '10.0.1.0/24', TagSpecifications })).toMatchObject([
    {
      action: 'ec2:CreateSubnet',
      resource: `${arn}:subnet/*`,
      context: { 'ec2:Vpc': [`${arn}:vpc/${VpcId}`], 'aws:RequestTag/team': ['vision'], 'aws:TagKeys': ['team'] },
    },
    { action: 'ec2:CreateTags', resource: `${arn}:subnet/*`, context: { 'ec2:CreateAction': ['CreateSubnet'] } },
    { action: 'ec2:CreateSubnet', resource: `${arn}:vpc/${VpcId}` },
  ]);
});
