/** The calls that Terraform's AWS provider makes for a resource, in its order: created, read back equal, read again equal, destroyed. */
import * as Ec2 from '@aws-sdk/client-ec2';
import { beforeEach, expect, it } from 'vitest';
import { present } from '../../../src/stdx/assert.ts';
import { connectedClient } from './connected-client.ts';

let ec2: Ec2.EC2Client;
let store: ReturnType<typeof connectedClient>['store'];
beforeEach(() => {
  ({ client: ec2, store } = connectedClient());
});

const named = (ResourceType: Ec2.ResourceType) => [{ ResourceType, Tags: [{ Key: 'Name', Value: 'mine' }] }];
const filter = (filters: Readonly<Record<string, string>>) => Object.entries(filters).map(([Name, value]) => ({ Name, Values: [value] }));
const id = (value: string | undefined): string => present(value, 'what is created has an id');

/** What a provider does after creation and at every plan: both reads are the same, or there is a change for ever. */
async function readTwice<T>(read: () => Promise<T>): Promise<T> {
  const first = await read();
  expect(await read()).toEqual(first);
  return first;
}

const refused = async (call: Promise<unknown>): Promise<string> =>
  await call.then(
    () => 'not refused',
    (error: Error) => error.name,
  );

async function createVpc(): Promise<string> {
  const request = {
    CidrBlock: '10.0.0.0/16',
    InstanceTenancy: 'default',
    AmazonProvidedIpv6CidrBlock: false,
    TagSpecifications: named('vpc'),
  } as const;
  const { Vpc } = await ec2.send(new Ec2.CreateVpcCommand(request));
  const VpcId = id(Vpc?.VpcId);
  await Ec2.waitUntilVpcAvailable({ client: ec2, maxWaitTime: 2, minDelay: 1, maxDelay: 1 }, { VpcIds: [VpcId] });
  return VpcId;
}

async function createTable(VpcId: string): Promise<string> {
  const request = { VpcId, ClientToken: 'terraform-1', TagSpecifications: named('route-table') };
  const { RouteTable } = await ec2.send(new Ec2.CreateRouteTableCommand(request));
  return id(RouteTable?.RouteTableId);
}

async function readVpc(VpcId: string) {
  const attribute = async (Attribute: Ec2.VpcAttributeName) => {
    const { $metadata: _call, ...answer } = await ec2.send(new Ec2.DescribeVpcAttributeCommand({ VpcId, Attribute }));
    return answer;
  };
  const { Vpcs } = await ec2.send(new Ec2.DescribeVpcsCommand({ VpcIds: [VpcId] }));
  const { NetworkAcls } = await ec2.send(new Ec2.DescribeNetworkAclsCommand({ Filters: filter({ default: 'true', 'vpc-id': VpcId }) }));
  const { RouteTables } = await ec2.send(new Ec2.DescribeRouteTablesCommand({ Filters: filter({ 'association.main': 'true', 'vpc-id': VpcId }) }));
  const { SecurityGroups } = await ec2.send(new Ec2.DescribeSecurityGroupsCommand({ Filters: filter({ 'group-name': 'default', 'vpc-id': VpcId }) }));
  expect([Vpcs, NetworkAcls, RouteTables, SecurityGroups].map((found) => found?.length)).toEqual([1, 1, 1, 1]);
  return {
    vpc: Vpcs?.[0],
    hostnames: await attribute('enableDnsHostnames'),
    support: await attribute('enableDnsSupport'),
    metrics: await attribute('enableNetworkAddressUsageMetrics'),
    acl: NetworkAcls?.[0],
    table: RouteTables?.[0],
    group: SecurityGroups?.[0],
  };
}

it('aws_vpc, with DNS host names', async () => {
  const VpcId = await createVpc();
  await ec2.send(new Ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  const read = await readTwice(async () => await readVpc(VpcId));
  expect(read).toMatchObject({
    vpc: { CidrBlock: '10.0.0.0/16', InstanceTenancy: 'default', Tags: [{ Key: 'Name', Value: 'mine' }] },
    hostnames: { EnableDnsHostnames: { Value: true } },
    support: { EnableDnsSupport: { Value: true } },
    metrics: { EnableNetworkAddressUsageMetrics: { Value: false } },
  });
  await ec2.send(new Ec2.DeleteVpcCommand({ VpcId }));
  expect(await refused(ec2.send(new Ec2.DescribeVpcsCommand({ VpcIds: [VpcId] })))).toBe('InvalidVpcID.NotFound');
});

it('aws_vpc_ipv4_cidr_block_association', async () => {
  const VpcId = await createVpc();
  const { CidrBlockAssociation } = await ec2.send(new Ec2.AssociateVpcCidrBlockCommand({ VpcId, CidrBlock: '100.64.0.0/16' }));
  const AssociationId = id(CidrBlockAssociation?.AssociationId);
  const read = async () => {
    const { Vpcs } = await ec2.send(new Ec2.DescribeVpcsCommand({ Filters: filter({ 'cidr-block-association.association-id': AssociationId }) }));
    return Vpcs?.[0]?.CidrBlockAssociationSet?.find((association) => association.AssociationId === AssociationId);
  };
  expect(await readTwice(read)).toEqual({ AssociationId, CidrBlock: '100.64.0.0/16', CidrBlockState: { State: 'associated' } });
  await ec2.send(new Ec2.DisassociateVpcCidrBlockCommand({ AssociationId }));
  expect(await read()).toBeUndefined();
});

it('aws_subnet, that maps public addresses', async () => {
  const VpcId = await createVpc();
  const request = { VpcId, CidrBlock: '10.0.1.0/24', AvailabilityZone: 'us-east-1b', TagSpecifications: named('subnet') };
  const SubnetId = id((await ec2.send(new Ec2.CreateSubnetCommand(request))).Subnet?.SubnetId);
  await ec2.send(new Ec2.ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: true } }));
  const describe = async () => (await ec2.send(new Ec2.DescribeSubnetsCommand({ SubnetIds: [SubnetId] }))).Subnets?.[0];
  expect(await readTwice(describe)).toMatchObject({
    State: 'available',
    CidrBlock: '10.0.1.0/24',
    AvailabilityZone: 'us-east-1b',
    AvailabilityZoneId: 'use1-az2',
    AssignIpv6AddressOnCreation: false,
    EnableDns64: false,
    Ipv6Native: false,
    MapPublicIpOnLaunch: true,
    PrivateDnsNameOptionsOnLaunch: { HostnameType: 'ip-name', EnableResourceNameDnsARecord: false, EnableResourceNameDnsAAAARecord: false },
    Tags: [{ Key: 'Name', Value: 'mine' }],
  });
  // Interfaces that AWS's services leave behind are looked for first.
  const left = await ec2.send(new Ec2.DescribeNetworkInterfacesCommand({ Filters: filter({ 'subnet-id': SubnetId }) }));
  expect(left.NetworkInterfaces).toEqual([]);
  await ec2.send(new Ec2.DeleteSubnetCommand({ SubnetId }));
  expect(await refused(describe())).toBe('InvalidSubnetID.NotFound');
});

it('aws_route_table, and its association', async () => {
  const VpcId = await createVpc();
  const SubnetId = id((await ec2.send(new Ec2.CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/24' }))).Subnet?.SubnetId);
  const RouteTableId = await createTable(VpcId);
  const AssociationId = id((await ec2.send(new Ec2.AssociateRouteTableCommand({ RouteTableId, SubnetId }))).AssociationId);
  const describe = async () => (await ec2.send(new Ec2.DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }))).RouteTables?.[0];
  const associated = async () => {
    const Filters = filter({ 'association.route-table-association-id': AssociationId });
    return (await ec2.send(new Ec2.DescribeRouteTablesCommand({ Filters }))).RouteTables ?? [];
  };
  expect(await readTwice(describe)).toMatchObject({
    PropagatingVgws: [],
    Routes: [{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' }],
    Associations: [{ SubnetId, Main: false, AssociationState: { State: 'associated' } }],
    Tags: [{ Key: 'Name', Value: 'mine' }],
  });
  expect(await readTwice(associated)).toHaveLength(1);
  await ec2.send(new Ec2.DisassociateRouteTableCommand({ AssociationId }));
  expect(await associated()).toEqual([]);
  await ec2.send(new Ec2.DeleteRouteTableCommand({ RouteTableId }));
  expect(await refused(describe())).toBe('InvalidRouteTableID.NotFound');
});

it('aws_security_group, whose first egress rule is taken away, and its rules', async () => {
  const VpcId = await createVpc();
  const words = { GroupName: 'jobs', Description: 'Managed by Terraform', TagSpecifications: named('security-group') };
  const GroupId = id((await ec2.send(new Ec2.CreateSecurityGroupCommand({ VpcId, ...words }))).GroupId);
  const everywhere = { FromPort: 0, ToPort: 0, IpProtocol: '-1' };
  await ec2.send(new Ec2.RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [{ ...everywhere, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] }));
  // The provider expects this refusal where there is no IPv6, and goes on.
  const ipv6 = [{ ...everywhere, Ipv6Ranges: [{ CidrIpv6: '::/0' }] }];
  expect(await refused(ec2.send(new Ec2.RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: ipv6 })))).toBe('InvalidPermission.NotFound');
  const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
  const permission = { ...https, PrefixListIds: [{ PrefixListId: 'pl-63a5400a', Description: 'S3' }] };
  const authorised = await ec2.send(new Ec2.AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [permission] }));
  const ruleId = id(authorised.SecurityGroupRules?.[0]?.SecurityGroupRuleId);
  const ingress = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId, Description: 'each other' }] }];
  await ec2.send(new Ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: ingress, TagSpecifications: named('security-group-rule') }));

  const describe = async () => (await ec2.send(new Ec2.DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }))).SecurityGroups?.[0];
  expect(await readTwice(describe)).toMatchObject({
    GroupName: 'jobs',
    Description: 'Managed by Terraform',
    IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId, Description: 'each other' }] }],
    IpPermissionsEgress: [permission],
  });
  const rule = async () => (await ec2.send(new Ec2.DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [ruleId] }))).SecurityGroupRules?.[0];
  expect(await readTwice(rule)).toMatchObject({ ...https, IsEgress: true, PrefixListId: 'pl-63a5400a', Description: 'S3' });
  const changed = [{ SecurityGroupRuleId: ruleId, SecurityGroupRule: { ...https, CidrIpv4: '10.0.0.0/8', Description: 'inside' } }];
  await ec2.send(new Ec2.ModifySecurityGroupRulesCommand({ GroupId, SecurityGroupRules: changed }));
  expect(await rule()).toMatchObject({ CidrIpv4: '10.0.0.0/8', Description: 'inside' });
  await ec2.send(new Ec2.RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds: [ruleId] }));
  expect(await refused(rule())).toBe('InvalidSecurityGroupRuleId.NotFound');
  await ec2.send(new Ec2.DeleteSecurityGroupCommand({ GroupId }));
  expect(await refused(describe())).toBe('InvalidGroup.NotFound');
});

it('aws_vpc_endpoint of S3, as a gateway', async () => {
  const VpcId = await createVpc();
  const RouteTableId = await createTable(VpcId);
  const request = {
    VpcId,
    ServiceName: 'com.amazonaws.us-east-1.s3',
    VpcEndpointType: 'Gateway' as const,
    PrivateDnsEnabled: false,
    RouteTableIds: [RouteTableId],
    ClientToken: 'terraform-2',
    TagSpecifications: named('vpc-endpoint'),
  };
  const endpointId = id((await ec2.send(new Ec2.CreateVpcEndpointCommand(request))).VpcEndpoint?.VpcEndpointId);
  const describe = async () => (await ec2.send(new Ec2.DescribeVpcEndpointsCommand({ VpcEndpointIds: [endpointId] }))).VpcEndpoints?.[0];
  expect(await readTwice(describe)).toMatchObject({ State: 'available', VpcEndpointType: 'Gateway', RouteTableIds: [RouteTableId], VpcId });
  const lists = await ec2.send(new Ec2.DescribePrefixListsCommand({ Filters: filter({ 'prefix-list-name': request.ServiceName }) }));
  expect(lists.PrefixLists).toMatchObject([{ PrefixListId: 'pl-63a5400a', Cidrs: ['198.18.0.0/24'] }]);
  // The route of an endpoint is no route of the table's own configuration: the provider leaves it out by its target.
  const { RouteTables } = await ec2.send(new Ec2.DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }));
  expect(RouteTables?.[0]?.Routes?.[1]).toMatchObject({ DestinationPrefixListId: 'pl-63a5400a', GatewayId: endpointId });
  await ec2.send(new Ec2.ModifyVpcEndpointCommand({ VpcEndpointId: endpointId, RemoveRouteTableIds: [RouteTableId] }));
  expect((await describe())?.RouteTableIds).toEqual([]);
  expect((await ec2.send(new Ec2.DeleteVpcEndpointsCommand({ VpcEndpointIds: [endpointId] }))).Unsuccessful).toEqual([]);
  expect(await refused(describe())).toBe('InvalidVpcEndpointId.NotFound');
});

it('aws_vpc_dhcp_options, and its association', async () => {
  const VpcId = await createVpc();
  const DhcpConfigurations = [
    { Key: 'domain-name', Values: ['corp.example'] },
    { Key: 'domain-name-servers', Values: ['10.0.1.7', '10.0.1.8'] },
  ];
  const created = await ec2.send(new Ec2.CreateDhcpOptionsCommand({ DhcpConfigurations, TagSpecifications: named('dhcp-options') }));
  const DhcpOptionsId = id(created.DhcpOptions?.DhcpOptionsId);
  const describe = async () => (await ec2.send(new Ec2.DescribeDhcpOptionsCommand({ DhcpOptionsIds: [DhcpOptionsId] }))).DhcpOptions?.[0];
  expect((await readTwice(describe))?.DhcpConfigurations).toEqual(
    DhcpConfigurations.map(({ Key, Values }) => ({ Key, Values: Values.map((Value) => ({ Value })) })),
  );
  await ec2.send(new Ec2.AssociateDhcpOptionsCommand({ VpcId, DhcpOptionsId }));
  expect((await readVpc(VpcId)).vpc?.DhcpOptionsId).toBe(DhcpOptionsId);
  expect(await refused(ec2.send(new Ec2.DeleteDhcpOptionsCommand({ DhcpOptionsId })))).toBe('DependencyViolation');
  await ec2.send(new Ec2.AssociateDhcpOptionsCommand({ VpcId, DhcpOptionsId: 'default' }));
  await ec2.send(new Ec2.DeleteDhcpOptionsCommand({ DhcpOptionsId }));
  expect(await refused(describe())).toBe('InvalidDhcpOptionID.NotFound');
});

it('aws_ec2_managed_prefix_list, whose entries change', async () => {
  const request = { PrefixListName: 'offices', AddressFamily: 'IPv4', MaxEntries: 2, Entries: [{ Cidr: '10.1.0.0/16', Description: 'one' }] };
  const created = await ec2.send(new Ec2.CreateManagedPrefixListCommand({ ...request, ClientToken: 'terraform-3' }));
  const PrefixListId = id(created.PrefixList?.PrefixListId);
  const read = async () => {
    const { PrefixLists } = await ec2.send(new Ec2.DescribeManagedPrefixListsCommand({ PrefixListIds: [PrefixListId] }));
    const { Entries } = await ec2.send(new Ec2.GetManagedPrefixListEntriesCommand({ PrefixListId }));
    return { list: PrefixLists?.[0], entries: Entries };
  };
  expect(await readTwice(read)).toMatchObject({ list: { State: 'create-complete', Version: 1, MaxEntries: 2 }, entries: request.Entries });
  // A new description is the entry taken away and added again, each on top of the version before.
  await ec2.send(new Ec2.ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion: 1, RemoveEntries: [{ Cidr: '10.1.0.0/16' }] }));
  const entry = { Cidr: '10.1.0.0/16', Description: 'first' };
  await ec2.send(new Ec2.ModifyManagedPrefixListCommand({ PrefixListId, CurrentVersion: 2, AddEntries: [entry] }));
  expect(await readTwice(read)).toMatchObject({ list: { State: 'modify-complete', Version: 3 }, entries: [entry] });
  await ec2.send(new Ec2.DeleteManagedPrefixListCommand({ PrefixListId }));
  expect(await refused(read())).toBe('InvalidPrefixListID.NotFound');
});

it('leaves nothing when everything is destroyed in its order', async () => {
  const VpcId = await createVpc();
  const RouteTableId = await createTable(VpcId);
  const SubnetId = id((await ec2.send(new Ec2.CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/24' }))).Subnet?.SubnetId);
  const GroupId = id((await ec2.send(new Ec2.CreateSecurityGroupCommand({ VpcId, GroupName: 'jobs', Description: 'jobs' }))).GroupId);
  const NetworkInterfaceId = id(
    (await ec2.send(new Ec2.CreateNetworkInterfaceCommand({ SubnetId, Groups: [GroupId] }))).NetworkInterface?.NetworkInterfaceId,
  );
  const destroyed = [
    () => ec2.send(new Ec2.DeleteVpcCommand({ VpcId })),
    () => ec2.send(new Ec2.DeleteSubnetCommand({ SubnetId })),
    () => ec2.send(new Ec2.DeleteSecurityGroupCommand({ GroupId })),
  ];
  for (const destroy of destroyed) expect(await refused(destroy())).toBe('DependencyViolation');
  await ec2.send(new Ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
  await ec2.send(new Ec2.DeleteRouteTableCommand({ RouteTableId }));
  for (const destroy of destroyed.toReversed()) await destroy();
  const tables = [store.ec2.vpcs, store.ec2.subnets, store.ec2.routeTables, store.ec2.securityGroups, store.ec2.networkAcls, store.ec2.tags];
  expect(tables.map((table) => table.count())).toEqual([0, 0, 0, 0, 0, 0]);
});
