import { expect, it } from 'vitest';
import { accountId, ec2Account } from '../../../test/services/ec2-context.ts';

it('gives a new VPC a main route table, a default group and DHCP options', () => {
  const { call, createVpc, store } = ec2Account();
  const vpcId = createVpc('10.0.5.9/16');
  expect(vpcId).toMatch(/^vpc-[0-9a-f]{17}$/);
  const [vpc] = call('DescribeVpcs', { VpcIds: [vpcId] }).Vpcs ?? [];
  expect(vpc).toMatchObject({ CidrBlock: '10.0.0.0/16', State: 'available', InstanceTenancy: 'default', IsDefault: false, OwnerId: accountId });
  expect(vpc?.CidrBlockAssociationSet).toEqual([
    { AssociationId: expect.stringMatching(/^vpc-cidr-assoc-/), CidrBlock: '10.0.0.0/16', CidrBlockState: { State: 'associated' } },
  ]);

  const [table] = call('DescribeRouteTables', {}).RouteTables ?? [];
  expect(table?.Routes).toEqual([{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' }]);
  expect(table?.Associations).toMatchObject([{ Main: true, RouteTableId: table?.RouteTableId }]);

  const [group] = call('DescribeSecurityGroups', { Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }).SecurityGroups ?? [];
  expect(group).toMatchObject({ GroupName: 'default', Description: 'default VPC security group' });
  expect(group?.IpPermissions).toEqual([
    { IpProtocol: '-1', IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [{ GroupId: group?.GroupId, UserId: accountId }] },
  ]);
  expect(group?.IpPermissionsEgress).toMatchObject([{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]);

  const [options] = call('DescribeDhcpOptions', { DhcpOptionsIds: [vpc?.DhcpOptionsId ?? ''] }).DhcpOptions ?? [];
  expect(options?.DhcpConfigurations).toEqual([
    { Key: 'domain-name', Values: [{ Value: 'ec2.internal' }] },
    { Key: 'domain-name-servers', Values: [{ Value: 'AmazonProvidedDNS' }] },
  ]);
  expect(store.ec2.vpcs.get(vpcId)).toMatchObject({ number: 1, generation: 1, enableDnsSupport: true, enableDnsHostnames: false });
});

it('names the domain of other regions after the region', () => {
  const { call } = ec2Account({ region: 'eu-west-1' });
  const [options] = call('DescribeDhcpOptions', {}).DhcpOptions ?? [];
  expect(options?.DhcpConfigurations?.[0]?.Values).toEqual([{ Value: 'eu-west-1.compute.internal' }]);
});

it('refuses blocks that are no VPC blocks', () => {
  const { refusal } = ec2Account();
  expect(refusal('CreateVpc', {})).toMatchObject({
    code: 'MissingParameter',
    message: "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.",
  });
  expect(refusal('CreateVpc', { CidrBlock: '10.0.0/16' })).toMatchObject({
    code: 'InvalidParameterValue',
    message: 'Value (10.0.0/16) for parameter cidrBlock is invalid. This is not a valid CIDR block.',
  });
  for (const CidrBlock of ['10.0.0.0/15', '10.0.0.0/29', '127.0.0.0/16', '224.0.0.0/16']) {
    expect(refusal('CreateVpc', { CidrBlock })).toEqual({ code: 'InvalidVpc.Range', message: `The CIDR '${CidrBlock}' is invalid.`, status: 400 });
  }
});

it('refuses blocks over ranges that Cloister needs, and says which', () => {
  const { refusal } = ec2Account();
  expect(refusal('CreateVpc', { CidrBlock: '198.18.0.0/16' })).toMatchObject({
    code: 'InvalidVpc.Range',
    message: "The CIDR '198.18.0.0/16' is invalid. It overlaps 198.18.0.0/24, which Cloister keeps for the addresses of S3.",
  });
  expect(refusal('CreateVpc', { CidrBlock: '169.254.8.0/24' })).toMatchObject({
    code: 'InvalidVpc.Range',
    message: "The CIDR '169.254.8.0/24' is invalid. It overlaps 169.254.0.0/16, which is link-local.",
  });
});

it('refuses IPv6 by name and accepts not asking for it', () => {
  const { call, refusal } = ec2Account();
  expect(refusal('CreateVpc', { CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true })).toMatchObject({
    code: 'UnsupportedOperation',
    message: 'The parameter AmazonProvidedIpv6CidrBlock is not supported: there is no IPv6 in these networks.',
  });
  expect(call('CreateVpc', { CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: false }).Vpc?.VpcId).toBeDefined();
});

it('stores dedicated tenancy, because jobs are refused there', () => {
  const { call, refusal } = ec2Account();
  expect(call('CreateVpc', { CidrBlock: '10.0.0.0/16', InstanceTenancy: 'dedicated' }).Vpc?.InstanceTenancy).toBe('dedicated');
  expect(refusal('CreateVpc', { CidrBlock: '10.0.0.0/16', InstanceTenancy: 'host' }).code).toBe('InvalidParameterValue');
});

it('changes one DNS attribute at a time', () => {
  const { call, createVpc, generation, refusal } = ec2Account();
  const VpcId = createVpc();
  const before = generation(VpcId);
  call('ModifyVpcAttribute', { VpcId, EnableDnsHostnames: { Value: true } });
  expect(call('DescribeVpcAttribute', { VpcId, Attribute: 'enableDnsHostnames' })).toEqual({ VpcId, EnableDnsHostnames: { Value: true } });
  expect(call('DescribeVpcAttribute', { VpcId, Attribute: 'enableDnsSupport' })).toEqual({ VpcId, EnableDnsSupport: { Value: true } });
  expect(generation(VpcId)).toBe(before + 1);
  expect(refusal('ModifyVpcAttribute', { VpcId, EnableDnsHostnames: { Value: true }, EnableDnsSupport: { Value: true } }).code).toBe(
    'InvalidParameterCombination',
  );
  expect(refusal('ModifyVpcAttribute', { VpcId }).code).toBe('MissingParameter');
});

it('deletes an empty VPC with what it was born with, and only then', () => {
  const { call, createVpc, createSubnet, createGroup, createRouteTable, refusal, store } = ec2Account();
  const VpcId = createVpc();
  const inTheWay = { code: 'DependencyViolation', message: `The vpc '${VpcId}' has dependencies and cannot be deleted.` };
  const SubnetId = createSubnet(VpcId);
  expect(refusal('DeleteVpc', { VpcId })).toMatchObject(inTheWay);
  call('DeleteSubnet', { SubnetId });
  const GroupId = createGroup(VpcId);
  expect(refusal('DeleteVpc', { VpcId })).toMatchObject(inTheWay);
  call('DeleteSecurityGroup', { GroupId });
  const RouteTableId = createRouteTable(VpcId);
  expect(refusal('DeleteVpc', { VpcId })).toMatchObject(inTheWay);
  call('DeleteRouteTable', { RouteTableId });
  call('DeleteVpc', { VpcId });
  expect([...store.ec2.vpcs.list(), ...store.ec2.routeTables.list(), ...store.ec2.securityGroups.list(), ...store.ec2.tags.list()]).toEqual([]);
  expect(refusal('DeleteVpc', { VpcId })).toMatchObject({ code: 'InvalidVpcID.NotFound', message: `The vpc ID '${VpcId}' does not exist` });
});

it('tells an id that is none from one that is gone', () => {
  const { refusal } = ec2Account();
  expect(refusal('DescribeVpcs', { VpcIds: ['subnet-1'] })).toMatchObject({
    code: 'InvalidVpcID.Malformed',
    message: 'Invalid id: "subnet-1" (expecting "vpc-...")',
  });
  expect(refusal('DescribeVpcs', { VpcIds: ['vpc-0123'] }).code).toBe('InvalidVpcID.NotFound');
});

it('does not show the VPCs of other accounts', () => {
  const { call, createVpc, refusal, store } = ec2Account();
  const VpcId = createVpc();
  store.ec2.vpcs.update(VpcId, { ownerId: '999999999999' });
  expect(call('DescribeVpcs', {}).Vpcs).toEqual([]);
  expect(refusal('DescribeVpcs', { VpcIds: [VpcId] }).code).toBe('InvalidVpcID.NotFound');
});

it('says that a dry run would have succeeded, and changes nothing', () => {
  const { refusal } = ec2Account();
  expect(refusal('CreateVpc', { CidrBlock: '10.0.0.0/16', DryRun: true })).toEqual({
    code: 'DryRunOperation',
    message: 'Request would have succeeded, but DryRun flag is set.',
    status: 412,
  });
  expect(refusal('CreateVpc', { CidrBlock: '10.0.0.0/8', DryRun: true }).code).toBe('InvalidVpc.Range');
});

it('wakes the reconciler of networks with every change', () => {
  const { createVpc, woken } = ec2Account();
  createVpc();
  expect(woken).toEqual(['vpc-network']);
});

it('shows the zones and the one region there is', () => {
  const { call, refusal } = ec2Account({ region: 'ap-southeast-2' });
  const zones = call('DescribeAvailabilityZones', {}).AvailabilityZones ?? [];
  expect(zones.map(({ ZoneName, ZoneId }) => [ZoneName, ZoneId])).toEqual([
    ['ap-southeast-2a', 'apse2-az1'],
    ['ap-southeast-2b', 'apse2-az2'],
    ['ap-southeast-2c', 'apse2-az3'],
  ]);
  expect(call('DescribeAvailabilityZones', { ZoneIds: ['apse2-az2'] }).AvailabilityZones).toMatchObject([{ ZoneName: 'ap-southeast-2b' }]);
  expect(refusal('DescribeAvailabilityZones', { ZoneNames: ['us-east-1a'] })).toMatchObject({
    code: 'InvalidParameterValue',
    message: 'Invalid availability zone: [us-east-1a]',
  });
  expect(call('DescribeRegions', {}).Regions).toMatchObject([{ RegionName: 'ap-southeast-2', Endpoint: 'ec2.ap-southeast-2.amazonaws.com' }]);
  expect(call('DescribeAccountAttributes', { AttributeNames: ['default-vpc'] }).AccountAttributes).toEqual([
    { AttributeName: 'default-vpc', AttributeValues: [{ AttributeValue: 'none' }] },
  ]);
});

it('answers truthfully that there are no instances, gateways, addresses, peerings and flow logs', () => {
  const { call, refusal } = ec2Account();
  expect(call('DescribeInstances', {}).Reservations).toEqual([]);
  expect(call('DescribeInternetGateways', {}).InternetGateways).toEqual([]);
  expect(call('DescribeNatGateways', {}).NatGateways).toEqual([]);
  expect(call('DescribeAddresses', {}).Addresses).toEqual([]);
  expect(call('DescribeVpcPeeringConnections', {}).VpcPeeringConnections).toEqual([]);
  expect(call('DescribeFlowLogs', {}).FlowLogs).toEqual([]);
  expect(refusal('DescribeInstances', { InstanceIds: ['i-1'] })).toMatchObject({
    code: 'InvalidInstanceID.NotFound',
    message: "The instance ID 'i-1' does not exist",
  });
});

it('shows the default network ACL, which lets everything pass, with every subnet', () => {
  const { call, createVpc, createSubnet } = ec2Account();
  const VpcId = createVpc();
  const SubnetId = createSubnet(VpcId);
  const filter = [
    { Name: 'vpc-id', Values: [VpcId] },
    { Name: 'default', Values: ['true'] },
  ];
  const [acl, ...others] = call('DescribeNetworkAcls', { Filters: filter }).NetworkAcls ?? [];
  expect(others).toEqual([]);
  expect(acl?.Associations).toMatchObject([{ SubnetId, NetworkAclId: acl?.NetworkAclId }]);
  expect(acl?.Entries?.filter(({ RuleAction }) => RuleAction === 'allow').map(({ Egress, RuleNumber }) => [Egress, RuleNumber])).toEqual([
    [true, 100],
    [false, 100],
  ]);
});

it('demands the VPC it acts on, with its tags', () => {
  const { call, createVpc, demands } = ec2Account();
  const VpcId = createVpc();
  call('CreateTags', { Resources: [VpcId], Tags: [{ Key: 'team', Value: 'vision' }] });
  const arn = `arn:aws:ec2:us-east-1:${accountId}:vpc/${VpcId}`;
  expect(demands('DeleteVpc', { VpcId })).toEqual([
    {
      action: 'ec2:DeleteVpc',
      resource: arn,
      context: {
        'ec2:Region': ['us-east-1'],
        'ec2:Vpc': [arn],
        'ec2:ResourceTag/team': ['vision'],
        'aws:ResourceTag/team': ['vision'],
      },
    },
  ]);
  expect(demands('DescribeVpcs', {})).toEqual([{ action: 'ec2:DescribeVpcs', resource: '*' }]);
});
