import { afterAll, beforeAll, expect, it } from 'vitest';
import { AwsCli } from './aws-cli.ts';

/** Commands of AWS's VPC guide and of the AWS CLI's own examples, for what a VPC has beside subnets and groups. The cases do not need each other. */

const cli = new AwsCli('v1');
const aws = async (...words: readonly string[]): Promise<any> => await cli.run('ec2', ...words);
const named = (type: string, name: string): string[] => ['--tag-specifications', `ResourceType=${type},Tags=[{Key=Name,Value=${name}}]`];
let vpc = '';
let subnet = '';

/** What the CLI says of a command that is refused. */
async function refusal(...words: readonly string[]): Promise<string> {
  const { code, stderr } = await cli.attempt(['ec2', ...words]);
  expect([code, stderr]).not.toEqual([0, expect.anything()]);
  return stderr;
}

beforeAll(async () => {
  await cli.open();
  vpc = (await aws('create-vpc', '--cidr-block', '10.0.0.0/16')).Vpc.VpcId;
  subnet = (await aws('create-subnet', '--vpc-id', vpc, '--cidr-block', '10.0.1.0/24')).Subnet.SubnetId;
});
afterAll(async () => await cli.close());

it('gives a VPC an internet gateway and a route to it, and takes both away', async () => {
  const { InternetGateway } = await aws('create-internet-gateway', ...named('internet-gateway', 'edge'));
  const gateway = ['--internet-gateway-id', InternetGateway.InternetGatewayId];
  await aws('attach-internet-gateway', ...gateway, '--vpc-id', vpc);
  const found = await aws('describe-internet-gateways', '--filters', `Name=attachment.vpc-id,Values=${vpc}`, 'Name=tag:Name,Values=edge');
  expect(found.InternetGateways).toEqual([
    { ...InternetGateway, Attachments: [{ State: 'available', VpcId: vpc }], Tags: [{ Key: 'Name', Value: 'edge' }] },
  ]);

  const { RouteTables } = await aws('describe-route-tables', '--filters', `Name=vpc-id,Values=${vpc}`);
  const route = ['--route-table-id', RouteTables[0].RouteTableId, '--destination-cidr-block', '0.0.0.0/0'];
  expect(await aws('create-route', ...route, '--gateway-id', InternetGateway.InternetGatewayId)).toEqual({ Return: true });
  expect(await refusal('delete-internet-gateway', ...gateway)).toContain('(DependencyViolation)');
  await aws('delete-route', ...route);
  await aws('detach-internet-gateway', ...gateway, '--vpc-id', vpc);
  await aws('delete-internet-gateway', ...gateway);
  expect(await refusal('describe-internet-gateways', '--internet-gateway-ids', InternetGateway.InternetGatewayId)).toContain(
    '(InvalidInternetGatewayID.NotFound)',
  );
});

it('allocates an address, finds it by its name and by itself, and releases it', async () => {
  const { AllocationId, PublicIp } = await aws('allocate-address', '--domain', 'vpc', ...named('elastic-ip', 'mine'));
  const byName = await aws('describe-addresses', '--filters', 'Name=tag:Name,Values=mine');
  expect(byName.Addresses).toMatchObject([{ AllocationId, PublicIp, Domain: 'vpc', PublicIpv4Pool: 'amazon' }]);
  expect(await aws('describe-addresses', '--public-ips', PublicIp)).toEqual(byName);
  await aws('release-address', '--allocation-id', AllocationId);
  expect(await refusal('describe-addresses', '--allocation-ids', AllocationId)).toContain('(InvalidAllocationID.NotFound)');
});

it('makes a private NAT gateway, waits until it is available, and until it is deleted', async () => {
  const { NatGateway } = await aws('create-nat-gateway', '--connectivity-type', 'private', '--subnet-id', subnet);
  const ids = ['--nat-gateway-ids', NatGateway.NatGatewayId];
  await aws('wait', 'nat-gateway-available', ...ids);
  const { NatGateways } = await aws('describe-nat-gateways', '--filter', `Name=subnet-id,Values=${subnet}`, 'Name=state,Values=available');
  expect(NatGateways).toMatchObject([{ NatGatewayId: NatGateway.NatGatewayId, ConnectivityType: 'private', VpcId: vpc }]);
  const [address] = NatGateways[0].NatGatewayAddresses;
  const { NetworkInterfaces } = await aws('describe-network-interfaces', '--filters', 'Name=interface-type,Values=nat_gateway');
  expect(NetworkInterfaces).toMatchObject([{ NetworkInterfaceId: address.NetworkInterfaceId, PrivateIpAddress: address.PrivateIp }]);
  expect(await aws('delete-nat-gateway', '--nat-gateway-id', NatGateway.NatGatewayId)).toEqual({ NatGatewayId: NatGateway.NatGatewayId });
  await aws('wait', 'nat-gateway-deleted', ...ids);
  expect((await aws('describe-nat-gateways', ...ids)).NatGateways[0].State).toBe('deleted');
});

it('sends flow logs to CloudWatch Logs and to a bucket, which lets the delivery in', async () => {
  const all = ['--resource-type', 'VPC', '--resource-ids', vpc, '--traffic-type'];
  const group = ['--log-group-name', 'flows', '--deliver-logs-permission-arn', 'arn:aws:iam::000000000000:role/publishFlowLogs'];
  const toLogs = await aws('create-flow-logs', ...all, 'ACCEPT', ...group);
  await cli.run('s3', 'mb', 's3://flow-log-bucket');
  const bucket = ['--log-destination-type', 's3', '--log-destination', 'arn:aws:s3:::flow-log-bucket/custom-prefix/'];
  const format = ['--log-format', '${version} ${vpc-id} ${subnet-id} ${srcaddr} ${dstaddr} ${action}', '--max-aggregation-interval', '60'];
  const toBucket = await aws('create-flow-logs', ...all, 'REJECT', ...bucket, ...format);
  expect([toLogs.Unsuccessful, toBucket.Unsuccessful]).toEqual([[], []]);
  const { FlowLogs } = await aws('describe-flow-logs', '--filter', `Name=resource-id,Values=${vpc}`);
  const kinds = FlowLogs.map((log: any) => [log.FlowLogId, `${log.LogDestinationType} ${log.TrafficType} ${log.MaxAggregationInterval}`]);
  expect(Object.fromEntries(kinds)).toEqual({
    [toLogs.FlowLogIds[0]]: 'cloud-watch-logs ACCEPT 600',
    [toBucket.FlowLogIds[0]]: 's3 REJECT 60',
  });
  const { Policy } = await cli.run('s3api', 'get-bucket-policy', '--bucket', 'flow-log-bucket');
  expect(JSON.parse(Policy).Statement.map(({ Sid }: { Sid: string }) => Sid)).toEqual(['AWSLogDeliveryWrite', 'AWSLogDeliveryAclCheck']);
  const ids = [...toLogs.FlowLogIds, ...toBucket.FlowLogIds];
  expect((await aws('delete-flow-logs', '--flow-log-ids', ...ids)).Unsuccessful).toEqual([]);
  expect((await aws('describe-flow-logs', '--flow-log-ids', ...ids)).FlowLogs).toEqual([]);
  expect(await refusal('delete-flow-logs', '--flow-log-ids', ...ids)).toContain('(InvalidFlowLogId.NotFound)');
});

it('makes DHCP options, gives them to a VPC, and takes them away', async () => {
  const servers = 'Key=domain-name-servers,Values=10.2.5.1,10.2.5.2';
  const { DhcpOptions } = await aws('create-dhcp-options', '--dhcp-configurations', servers, 'Key=domain-name,Values=example.com');
  const options = ['--dhcp-options-id', DhcpOptions.DhcpOptionsId];
  await aws('associate-dhcp-options', ...options, '--vpc-id', vpc);
  expect((await aws('describe-vpcs', '--vpc-ids', vpc)).Vpcs[0].DhcpOptionsId).toBe(DhcpOptions.DhcpOptionsId);
  const found = await aws('describe-dhcp-options', '--filters', 'Name=key,Values=domain-name', 'Name=value,Values=example.com');
  expect(found.DhcpOptions).toEqual([DhcpOptions]);
  expect(await refusal('delete-dhcp-options', ...options)).toContain('(DependencyViolation)');
  await aws('associate-dhcp-options', '--dhcp-options-id', 'default', '--vpc-id', vpc);
  await aws('delete-dhcp-options', ...options);
  expect(await refusal('describe-dhcp-options', '--dhcp-options-ids', DhcpOptions.DhcpOptionsId)).toContain('(InvalidDhcpOptionID.NotFound)');
});

it('makes an interface endpoint where a service offers one, changes its groups, and deletes it', async () => {
  await aws('modify-vpc-attribute', '--vpc-id', vpc, '--enable-dns-hostnames');
  const wanted = ['Name=service-type,Values=Interface', 'Name=service-name,Values=com.amazonaws.us-east-1.sts'];
  const { ServiceDetails } = await aws('describe-vpc-endpoint-services', '--filters', ...wanted);
  expect(ServiceDetails).toMatchObject([{ PrivateDnsName: 'sts.us-east-1.amazonaws.com', VpcEndpointPolicySupported: true }]);
  const group = ['create-security-group', '--vpc-id', vpc, '--description', 'endpoint', '--group-name'];
  const [first, second] = [await aws(...group, 'first'), await aws(...group, 'second')];
  const place = ['--subnet-ids', subnet, '--security-group-ids', first.GroupId];
  const service = ['--vpc-endpoint-type', 'Interface', '--service-name', ServiceDetails[0].ServiceName];
  const { VpcEndpoint } = await aws('create-vpc-endpoint', '--vpc-id', vpc, ...service, ...place);
  const endpoint = ['--vpc-endpoint-id', VpcEndpoint.VpcEndpointId];
  await aws('modify-vpc-endpoint', ...endpoint, '--add-security-group-ids', second.GroupId, '--remove-security-group-ids', first.GroupId);
  const { VpcEndpoints } = await aws('describe-vpc-endpoints', '--filters', `Name=vpc-id,Values=${vpc}`, 'Name=vpc-endpoint-type,Values=Interface');
  expect(VpcEndpoints).toMatchObject([{ VpcEndpointId: VpcEndpoint.VpcEndpointId, PrivateDnsEnabled: true, SubnetIds: [subnet] }]);
  expect(VpcEndpoints[0].Groups).toEqual([{ GroupId: second.GroupId, GroupName: 'second' }]);
  expect(VpcEndpoints[0].DnsEntries.map(({ DnsName }: { DnsName: string }) => DnsName)).toContain('sts.us-east-1.amazonaws.com');
  expect(await refusal('delete-security-group', '--group-id', second.GroupId)).toContain('(DependencyViolation)');
  expect((await aws('delete-vpc-endpoints', '--vpc-endpoint-ids', VpcEndpoint.VpcEndpointId)).Unsuccessful).toEqual([]);
  await aws('delete-security-group', '--group-id', second.GroupId);
});

it('keeps versions of a prefix list, and tells whose rules speak of it', async () => {
  const entry = 'Cidr=10.132.0.0/16,Description=vpc-a';
  const request = ['--address-family', 'IPv4', '--max-entries', '10', '--prefix-list-name', 'vpc-cidrs', '--entries', entry];
  const { PrefixList } = await aws('create-managed-prefix-list', ...request);
  const list = ['--prefix-list-id', PrefixList.PrefixListId];
  await aws('modify-managed-prefix-list', ...list, '--add-entries', 'Cidr=10.1.0.0/24,Description=vpc-c', '--current-version', '1');
  const cidrs = async () => (await aws('get-managed-prefix-list-entries', ...list, '--query', 'Entries[].Cidr')).toSorted();
  expect(await cidrs()).toEqual(['10.1.0.0/24', '10.132.0.0/16']);
  await aws('restore-managed-prefix-list-version', ...list, '--current-version', '2', '--previous-version', '1');
  expect(await cidrs()).toEqual(['10.132.0.0/16']);

  const { GroupId } = await aws('create-security-group', '--vpc-id', vpc, '--description', 'from vpc-a', '--group-name', 'listed');
  const rule = `IpProtocol=tcp,FromPort=22,ToPort=22,PrefixListIds=[{PrefixListId=${PrefixList.PrefixListId}}]`;
  await aws('authorize-security-group-ingress', '--group-id', GroupId, '--ip-permissions', rule);
  const { PrefixListAssociations } = await aws('get-managed-prefix-list-associations', ...list);
  expect(PrefixListAssociations).toEqual([{ ResourceId: GroupId, ResourceOwner: '000000000000' }]);
  expect(await refusal('delete-managed-prefix-list', ...list)).toContain('(DependencyViolation)');
  await aws('delete-security-group', '--group-id', GroupId);
  expect((await aws('delete-managed-prefix-list', ...list)).PrefixList.State).toBe('delete-in-progress');
});
