/** The calls that Terraform's AWS provider makes for what leads out of a VPC, and for flow logs: created, read back equal, read again equal, destroyed. */
import * as Ec2 from '@aws-sdk/client-ec2';
import { beforeEach, expect, it } from 'vitest';
import { connectedClient } from './connected-client.ts';
import { createVpc, filter, id, named, readTwice, refused } from './provider.ts';

let ec2: Ec2.EC2Client;
let account: ReturnType<typeof connectedClient>;
let VpcId: string;
let SubnetId: string;
beforeEach(async () => {
  account = connectedClient();
  ec2 = account.client;
  VpcId = await createVpc(ec2);
  SubnetId = id((await ec2.send(new Ec2.CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/24' }))).Subnet?.SubnetId);
});

/** The kernel holds what is stored, here at once: a provider asks until it does. */
const applied = (): void => account.store.transact(() => account.store.identifiers.setAppliedGeneration(VpcId, account.generation(VpcId)));

/** The attachment is waited for, too. */
async function createInternetGateway(): Promise<string> {
  const created = await ec2.send(new Ec2.CreateInternetGatewayCommand({ TagSpecifications: named('internet-gateway') }));
  const InternetGatewayId = id(created.InternetGateway?.InternetGatewayId);
  await ec2.send(new Ec2.AttachInternetGatewayCommand({ InternetGatewayId, VpcId }));
  return InternetGatewayId;
}

const readInternetGateway = async (gatewayId: string) =>
  (await ec2.send(new Ec2.DescribeInternetGatewaysCommand({ InternetGatewayIds: [gatewayId] }))).InternetGateways?.[0];

async function createAddress(): Promise<string> {
  return id((await ec2.send(new Ec2.AllocateAddressCommand({ Domain: 'vpc', TagSpecifications: named('elastic-ip') }))).AllocationId);
}

async function readAddress(allocationId: string) {
  const { Addresses } = await ec2.send(new Ec2.DescribeAddressesCommand({ AllocationIds: [allocationId] }));
  const attribute = new Ec2.DescribeAddressesAttributeCommand({ AllocationIds: [allocationId], Attribute: 'domain-name' });
  return { address: Addresses?.[0], reverseNames: (await ec2.send(attribute)).Addresses };
}

it('aws_internet_gateway', async () => {
  const gatewayId = await createInternetGateway();
  expect(await readTwice(async () => await readInternetGateway(gatewayId))).toMatchObject({
    InternetGatewayId: gatewayId,
    Attachments: [{ State: 'available', VpcId }],
    Tags: [{ Key: 'Name', Value: 'mine' }],
  });
  const attached = { InternetGatewayId: gatewayId, VpcId };
  // The provider repeats a deletion that is refused so.
  expect(await refused(ec2.send(new Ec2.DeleteInternetGatewayCommand({ InternetGatewayId: gatewayId })))).toBe('DependencyViolation');
  await ec2.send(new Ec2.DetachInternetGatewayCommand(attached));
  expect((await readInternetGateway(gatewayId))?.Attachments).toEqual([]);
  expect(await refused(ec2.send(new Ec2.DetachInternetGatewayCommand(attached)))).toBe('Gateway.NotAttached');
  await ec2.send(new Ec2.DeleteInternetGatewayCommand({ InternetGatewayId: gatewayId }));
  expect(await refused(readInternetGateway(gatewayId))).toBe('InvalidInternetGatewayID.NotFound');
});

it('aws_eip, of an interface', async () => {
  await createInternetGateway();
  const AllocationId = await createAddress();
  const read = async () => await readAddress(AllocationId);
  expect(await readTwice(read)).toEqual({
    address: {
      AllocationId,
      Domain: 'vpc',
      NetworkBorderGroup: 'us-east-1',
      PublicIp: expect.stringMatching(/^[0-9.]+$/u),
      PublicIpv4Pool: 'amazon',
      Tags: [{ Key: 'Name', Value: 'mine' }],
    },
    reverseNames: [],
  });
  const created = await ec2.send(new Ec2.CreateNetworkInterfaceCommand({ SubnetId }));
  const NetworkInterfaceId = id(created.NetworkInterface?.NetworkInterfaceId);
  const { AssociationId } = await ec2.send(new Ec2.AssociateAddressCommand({ AllocationId, NetworkInterfaceId }));
  const found = await ec2.send(new Ec2.DescribeAddressesCommand({ Filters: filter({ 'association-id': id(AssociationId) }) }));
  expect(found.Addresses).toMatchObject([{ AllocationId, NetworkInterfaceId, PrivateIpAddress: created.NetworkInterface?.PrivateIpAddress }]);
  await ec2.send(new Ec2.DisassociateAddressCommand({ AssociationId }));
  await ec2.send(new Ec2.ReleaseAddressCommand({ AllocationId, NetworkBorderGroup: 'us-east-1' }));
  expect(await refused(read())).toBe('InvalidAllocationID.NotFound');
});

it('aws_nat_gateway, with aws_eip and aws_internet_gateway, destroyed in its order', async () => {
  const gatewayId = await createInternetGateway();
  const AllocationId = await createAddress();
  const request = { ConnectivityType: 'public', AllocationId, SubnetId, ClientToken: 'terraform-4', TagSpecifications: named('natgateway') } as const;
  const NatGatewayId = id((await ec2.send(new Ec2.CreateNatGatewayCommand(request))).NatGateway?.NatGatewayId);
  const read = async () => (await ec2.send(new Ec2.DescribeNatGatewaysCommand({ NatGatewayIds: [NatGatewayId] }))).NatGateways?.[0];
  expect((await read())?.State).toBe('pending');
  applied();
  const nat = await readTwice(read);
  const { address } = await readTwice(async () => await readAddress(AllocationId));
  expect(nat).toMatchObject({ State: 'available', ConnectivityType: 'public', SubnetId, VpcId, Tags: [{ Key: 'Name', Value: 'mine' }] });
  const { AssociationId, NetworkInterfaceId, PrivateIpAddress, PublicIp } = address ?? {};
  expect(nat?.NatGatewayAddresses).toEqual([
    { AllocationId, AssociationId, IsPrimary: true, NetworkInterfaceId, PrivateIp: PrivateIpAddress, PublicIp, Status: 'succeeded' },
  ]);

  const detach = async () => await ec2.send(new Ec2.DetachInternetGatewayCommand({ InternetGatewayId: gatewayId, VpcId }));
  expect(await refused(detach())).toBe('DependencyViolation');
  await ec2.send(new Ec2.DeleteNatGatewayCommand({ NatGatewayId }));
  expect((await read())?.State).toBe('deleting');
  applied();
  expect((await read())?.State).toBe('deleted');
  // The provider remembers the association from its last read, and takes this refusal for done.
  expect(await refused(ec2.send(new Ec2.DisassociateAddressCommand({ AssociationId })))).toBe('InvalidAssociationID.NotFound');
  await ec2.send(new Ec2.ReleaseAddressCommand({ AllocationId, NetworkBorderGroup: 'us-east-1' }));
  await detach();
  await ec2.send(new Ec2.DeleteInternetGatewayCommand({ InternetGatewayId: gatewayId }));
  await ec2.send(new Ec2.DeleteSubnetCommand({ SubnetId }));
  await ec2.send(new Ec2.DeleteVpcCommand({ VpcId }));
});

async function readEndpoint(endpointId: string) {
  const { VpcEndpoints } = await ec2.send(new Ec2.DescribeVpcEndpointsCommand({ VpcEndpointIds: [endpointId] }));
  const [endpoint] = VpcEndpoints ?? [];
  const lists = await ec2.send(new Ec2.DescribePrefixListsCommand({ Filters: filter({ 'prefix-list-name': endpoint?.ServiceName ?? '' }) }));
  const places: unknown[] = [];
  for (const networkInterfaceId of endpoint?.NetworkInterfaceIds ?? []) {
    const found = await ec2.send(new Ec2.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [networkInterfaceId] }));
    places.push(found.NetworkInterfaces?.map((row) => [row.SubnetId, row.PrivateIpAddress]));
  }
  return { endpoint, lists: lists.PrefixLists?.map(({ PrefixListId }) => PrefixListId), places };
}

async function createGroup(GroupName: string): Promise<string> {
  return id((await ec2.send(new Ec2.CreateSecurityGroupCommand({ VpcId, GroupName, Description: 'Managed by Terraform' }))).GroupId);
}

it('aws_vpc_endpoint of an interface, whose places, groups and policy change', async () => {
  await ec2.send(new Ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  const other = { VpcId, CidrBlock: '10.0.2.0/24', AvailabilityZone: 'us-east-1b' };
  const otherSubnetId = id((await ec2.send(new Ec2.CreateSubnetCommand(other))).Subnet?.SubnetId);
  const [groupId, otherGroupId] = [await createGroup('endpoint'), await createGroup('other')];
  const request = {
    ClientToken: 'terraform-5',
    PrivateDnsEnabled: true,
    TagSpecifications: named('vpc-endpoint'),
    VpcEndpointType: 'Interface' as const,
    VpcId,
    SecurityGroupIds: [groupId],
    ServiceName: 'com.amazonaws.us-east-1.sts',
    SubnetIds: [SubnetId],
  };
  const endpointId = id((await ec2.send(new Ec2.CreateVpcEndpointCommand(request))).VpcEndpoint?.VpcEndpointId);
  const read = async () => await readEndpoint(endpointId);
  expect((await read()).endpoint?.State).toBe('pending');
  applied();
  expect(await readTwice(read)).toMatchObject({
    endpoint: {
      State: 'available',
      DnsOptions: { DnsRecordIpType: 'ipv4' },
      Groups: [{ GroupId: groupId, GroupName: 'endpoint' }],
      IpAddressType: 'ipv4',
      PrivateDnsEnabled: true,
      RequesterManaged: false,
      RouteTableIds: [],
      ServiceRegion: 'us-east-1',
      SubnetIds: [SubnetId],
      Tags: [{ Key: 'Name', Value: 'mine' }],
    },
    lists: [],
    places: [[[SubnetId, expect.stringMatching(/^10\.0\.1\./u)]]],
  });
  const groups = { AddSecurityGroupIds: [otherGroupId], RemoveSecurityGroupIds: [groupId] };
  const PolicyDocument = '{"Statement":[{"Action":"sts:GetCallerIdentity","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2012-10-17"}';
  await ec2.send(new Ec2.ModifyVpcEndpointCommand({ VpcEndpointId: endpointId, AddSubnetIds: [otherSubnetId], ...groups, PolicyDocument }));
  applied();
  const changed = await readTwice(read);
  expect(changed.endpoint).toMatchObject({ State: 'available', Groups: [{ GroupId: otherGroupId }], SubnetIds: [SubnetId, otherSubnetId] });
  expect(JSON.parse(changed.endpoint?.PolicyDocument ?? '')).toEqual(JSON.parse(PolicyDocument));
  expect(changed.places).toHaveLength(2);
  expect((await ec2.send(new Ec2.DeleteVpcEndpointsCommand({ VpcEndpointIds: [endpointId] }))).Unsuccessful).toEqual([]);
  expect(await refused(read())).toBe('InvalidVpcEndpointId.NotFound');
  await ec2.send(new Ec2.DeleteSecurityGroupCommand({ GroupId: otherGroupId }));
  await ec2.send(new Ec2.DeleteSubnetCommand({ SubnetId }));
});

it('aws_vpc_endpoint of S3, as an interface, which has a prefix list, too', async () => {
  const request = { VpcId, VpcEndpointType: 'Interface' as const, PrivateDnsEnabled: false, ServiceName: 'com.amazonaws.us-east-1.s3' };
  const created = await ec2.send(new Ec2.CreateVpcEndpointCommand({ ...request, ClientToken: 'terraform-6', SubnetIds: [SubnetId] }));
  applied();
  const read = await readTwice(async () => await readEndpoint(id(created.VpcEndpoint?.VpcEndpointId)));
  expect(read).toMatchObject({ endpoint: { State: 'available', PrivateDnsEnabled: false }, lists: ['pl-63a5400a'] });
});

const logGroup = 'arn:aws:logs:us-east-1:123456789012:log-group:flows';
const role = 'arn:aws:iam::123456789012:role/flows';
const bucket = { bucketName: 'flows', ownerId: '123456789012', region: 'us-east-1', createdAt: '2026-11-01T12:00:00.000Z', tags: {} };
const asBucket = { FileFormat: 'plain-text', HiveCompatiblePartitions: true, PerHourPartition: false } as const;

it.each([
  [
    'CloudWatch Logs',
    { LogDestinationType: 'cloud-watch-logs', LogDestination: logGroup, DeliverLogsPermissionArn: role },
    { LogGroupName: 'flows' },
  ],
  ['S3', { LogDestinationType: 's3', LogDestination: 'arn:aws:s3:::flows', DestinationOptions: asBucket }, {}],
] as const)('aws_flow_log to %s', async (_to, destination, alsoRead) => {
  account.store.transact(() => account.store.s3.buckets.insert(bucket));
  const created = await ec2.send(
    new Ec2.CreateFlowLogsCommand({
      ClientToken: 'terraform-7',
      ResourceIds: [VpcId],
      ResourceType: 'VPC',
      TrafficType: 'ALL',
      MaxAggregationInterval: 600,
      TagSpecifications: named('vpc-flow-log'),
      ...destination,
    }),
  );
  expect(created.Unsuccessful).toEqual([]);
  const flowLogId = id(created.FlowLogIds?.[0]);
  const read = async () => (await ec2.send(new Ec2.DescribeFlowLogsCommand({ FlowLogIds: [flowLogId] }))).FlowLogs;
  expect(await readTwice(read)).toEqual([
    {
      CreationTime: expect.any(Date),
      DeliverLogsStatus: 'SUCCESS',
      FlowLogId: flowLogId,
      FlowLogStatus: 'ACTIVE',
      LogFormat: expect.stringContaining('${version} ${account-id} ${interface-id}'),
      MaxAggregationInterval: 600,
      ResourceId: VpcId,
      Tags: [{ Key: 'Name', Value: 'mine' }],
      TrafficType: 'ALL',
      ...destination,
      ...alsoRead,
    },
  ]);
  expect((await ec2.send(new Ec2.DeleteFlowLogsCommand({ FlowLogIds: [flowLogId] }))).Unsuccessful).toEqual([]);
  // A log that is gone is left out, not refused: the provider counts on it when somebody else has deleted one.
  expect(await read()).toEqual([]);
});
