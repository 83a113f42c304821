import { expect, it } from 'vitest';
import { ec2Account } from '../../../test/services/ec2-context.ts';

it('makes the default VPC with a subnet in every zone', () => {
  const { call, refusal, generation } = ec2Account({ region: 'us-east-1' });
  expect(call('DescribeAccountAttributes', { AttributeNames: ['default-vpc'] }).AccountAttributes?.[0]?.AttributeValues?.[0]?.AttributeValue).toBe(
    'none',
  );
  expect(refusal('CreateDefaultVpc', { DryRun: true }).code).toBe('DryRunOperation');
  const vpc = call('CreateDefaultVpc', {}).Vpc;
  const VpcId = vpc?.VpcId ?? '';
  expect(vpc).toMatchObject({ CidrBlock: '172.31.0.0/16', IsDefault: true, InstanceTenancy: 'default' });
  expect(generation(VpcId)).toBeGreaterThan(0);
  const subnets = call('DescribeSubnets', { Filters: [{ Name: 'default-for-az', Values: ['true'] }] }).Subnets ?? [];
  const byZone = subnets.map((subnet) => `${subnet.AvailabilityZone} ${subnet.CidrBlock} ${subnet.MapPublicIpOnLaunch}`).sort();
  expect(byZone).toEqual([
    'us-east-1a 172.31.0.0/20 true',
    'us-east-1b 172.31.16.0/20 true',
    'us-east-1c 172.31.32.0/20 true',
    'us-east-1d 172.31.48.0/20 true',
    'us-east-1e 172.31.64.0/20 true',
    'us-east-1f 172.31.80.0/20 true',
  ]);
  const [gateway] = call('DescribeInternetGateways', { Filters: [{ Name: 'attachment.vpc-id', Values: [VpcId] }] }).InternetGateways ?? [];
  expect(call('DescribeRouteTables', {}).RouteTables?.[0]?.Routes).toMatchObject([
    { DestinationCidrBlock: '172.31.0.0/16', GatewayId: 'local' },
    { DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway?.InternetGatewayId, State: 'active' },
  ]);
  for (const Attribute of ['enableDnsSupport', 'enableDnsHostnames'] as const) {
    expect(call('DescribeVpcAttribute', { VpcId, Attribute })).toMatchObject({
      [Attribute.replace(/^e/, 'E')]: { Value: true },
    });
  }
  expect(call('DescribeAccountAttributes', { AttributeNames: ['default-vpc'] }).AccountAttributes?.[0]?.AttributeValues?.[0]?.AttributeValue).toBe(
    VpcId,
  );
  expect(refusal('CreateDefaultVpc', {})).toMatchObject({
    code: 'DefaultVpcAlreadyExists',
    message: 'A Default VPC already exists for this account in this region.',
  });
});

it('makes the default subnet of a zone again, and only one', () => {
  const { call, refusal } = ec2Account({ region: 'us-west-1' });
  expect(refusal('CreateDefaultSubnet', { AvailabilityZone: 'us-west-1a' }).code).toBe('DefaultVpcDoesNotExist');
  call('CreateDefaultVpc', {});
  const inZone = [{ Name: 'availability-zone', Values: ['us-west-1a'] }];
  const SubnetId = call('DescribeSubnets', { Filters: inZone }).Subnets?.[0]?.SubnetId ?? '';
  expect(refusal('CreateDefaultSubnet', { AvailabilityZone: 'us-west-1a' })).toMatchObject({
    code: 'DefaultSubnetAlreadyExistsInAvailabilityZone',
    message: `'${SubnetId}' is already the default subnet in us-west-1a.`,
  });
  call('DeleteSubnet', { SubnetId });
  const again = call('CreateDefaultSubnet', { AvailabilityZoneId: 'usw1-az1' }).Subnet;
  expect(again).toMatchObject({ AvailabilityZone: 'us-west-1a', CidrBlock: '172.31.0.0/20', DefaultForAz: true, MapPublicIpOnLaunch: true });
  expect(refusal('CreateDefaultSubnet', {}).code).toBe('MissingParameter');
  expect(refusal('CreateDefaultSubnet', { AvailabilityZone: 'us-west-1b' }).code).toBe('InvalidParameterValue');
  expect(refusal('CreateDefaultSubnet', { AvailabilityZone: 'us-west-1a', Ipv6Native: true }).code).toBe('UnsupportedOperation');
});

it('says when the default VPC has no room for another default subnet', () => {
  const { call, refusal } = ec2Account({ region: 'us-west-1' });
  const VpcId = call('CreateDefaultVpc', {}).Vpc?.VpcId ?? '';
  const SubnetId = call('DescribeSubnets', {}).Subnets?.find(({ AvailabilityZone }) => AvailabilityZone === 'us-west-1a')?.SubnetId ?? '';
  call('DeleteSubnet', { SubnetId });
  for (const CidrBlock of ['172.31.0.0/20', '172.31.32.0/19', '172.31.64.0/18', '172.31.128.0/17']) call('CreateSubnet', { VpcId, CidrBlock });
  expect(refusal('CreateDefaultSubnet', { AvailabilityZone: 'us-west-1a' }).code).toBe('InsufficientCidrBlocks');
});

it('finds groups by name in the default VPC alone', () => {
  const { call, createVpc, createGroup, refusal } = ec2Account();
  createGroup(createVpc(), 'elsewhere');
  const rule = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '10.0.0.0/8' };
  const words = { GroupName: 'web', Description: 'for the web' };
  expect(refusal('CreateSecurityGroup', words).code).toBe('VPCIdNotSpecified');
  expect(refusal('AuthorizeSecurityGroupIngress', { GroupName: 'web', ...rule }).code).toBe('VPCIdNotSpecified');
  const VpcId = call('CreateDefaultVpc', {}).Vpc?.VpcId;
  const GroupId = call('CreateSecurityGroup', words).GroupId ?? '';
  expect(call('DescribeSecurityGroups', { GroupIds: [GroupId] }).SecurityGroups?.[0]?.VpcId).toBe(VpcId);
  call('AuthorizeSecurityGroupIngress', { GroupName: 'web', ...rule });
  expect(refusal('AuthorizeSecurityGroupIngress', { GroupName: 'elsewhere', ...rule }).code).toBe('InvalidGroup.NotFound');
  expect(call('DeleteSecurityGroup', { GroupName: 'web' }).GroupId).toBe(GroupId);
});

it('takes a dedicated VPC to default tenancy, and no other way', () => {
  const { call, createVpc, refusal } = ec2Account();
  const VpcId = call('CreateVpc', { CidrBlock: '10.0.0.0/16', InstanceTenancy: 'dedicated' }).Vpc?.VpcId ?? '';
  expect(refusal('ModifyVpcTenancy', { VpcId, InstanceTenancy: 'dedicated' as 'default' }).code).toBe('InvalidParameterValue');
  expect(call('ModifyVpcTenancy', { VpcId, InstanceTenancy: 'default' })).toEqual({ ReturnValue: true });
  expect(call('DescribeVpcs', { VpcIds: [VpcId] }).Vpcs?.[0]?.InstanceTenancy).toBe('default');
  expect(call('ModifyVpcTenancy', { VpcId: createVpc(), InstanceTenancy: 'default' })).toEqual({ ReturnValue: true });
  expect(refusal('ModifyVpcTenancy', { VpcId: 'vpc-00000000000000000', InstanceTenancy: 'default' }).code).toBe('InvalidVpcID.NotFound');
});
