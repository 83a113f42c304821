import {
  AuthorizeSecurityGroupIngressCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  type NetworkInterface,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import { present } from '../../src/stdx/assert.ts';
import type { SeedDaemon } from './seed-daemon.ts';

/** A private VPC. All its subnets use one route table. */
export interface Network {
  readonly vpcId: string;
  readonly routeTableId: string;
  /** In the order of the blocks asked for. */
  readonly subnetIds: readonly string[];
  readonly groupIds: readonly string[];
  /** The gateway endpoint for S3. */
  readonly vpcEndpointId?: string;
}

export interface NetworkOptions {
  readonly subnets?: readonly string[];
  readonly groups?: number;
  /** Whether members of a group let each other in. So they do when nothing is said. */
  readonly members?: 'allowed' | 'strangers';
  /** Whether there is an S3 endpoint, and in which table: that of the subnets, or another one of the VPC. */
  readonly endpoint?: 'none' | 'in-table' | 'in-another-table';
  /** Chosen ids. */
  readonly subnetIds?: readonly string[];
  readonly groupIds?: readonly string[];
  readonly vpcEndpointId?: string;
  /** Of the endpoint; the default one when none is given. */
  readonly endpointPolicy?: object;
}

const chosen = (type: 'subnet' | 'security-group' | 'vpc-endpoint', id: string | undefined): { TagSpecifications?: TagSpecification[] } =>
  id === undefined ? {} : { TagSpecifications: [{ ResourceType: type, Tags: [{ Key: 'cloister:id', Value: id }] }] };

export async function createNetwork(daemon: SeedDaemon, options: NetworkOptions = {}): Promise<Network> {
  const { ec2 } = daemon;
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const vpcId = present(Vpc?.VpcId, 'a VPC has an id');
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }));
  const routeTableId = present(RouteTables?.[0]?.RouteTableId, 'a VPC has a main route table');
  const subnetIds: string[] = [];
  for (const [index, block] of (options.subnets ?? ['10.0.1.0/24']).entries()) {
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: block, ...chosen('subnet', options.subnetIds?.[index]) }));
    subnetIds.push(present(Subnet?.SubnetId, 'a subnet has an id'));
  }
  const groupIds: string[] = [];
  for (let index = 0; index < (options.groups ?? 1); index += 1) {
    const names = { GroupName: `training-${index}`, Description: 'training jobs' };
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({ VpcId: vpcId, ...names, ...chosen('security-group', options.groupIds?.[index]) }),
    );
    groupIds.push(present(GroupId, 'a group has an id'));
  }
  if (options.members !== 'strangers') await allowMembers(daemon, groupIds);
  const network = { vpcId, routeTableId, subnetIds, groupIds };
  const { endpoint = 'none' } = options;
  return endpoint === 'none' ? network : { ...network, vpcEndpointId: await createEndpoint(daemon, network, endpoint, options) };
}

async function allowMembers({ ec2 }: SeedDaemon, groupIds: readonly string[]): Promise<void> {
  for (const GroupId of groupIds) {
    const IpPermissions = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  }
}

async function createEndpoint(
  { ec2 }: SeedDaemon,
  network: Network,
  place: 'in-table' | 'in-another-table',
  { vpcEndpointId, endpointPolicy }: NetworkOptions,
): Promise<string> {
  let { routeTableId } = network;
  if (place === 'in-another-table') {
    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: network.vpcId }));
    routeTableId = present(RouteTable?.RouteTableId, 'a route table has an id');
  }
  const { VpcEndpoint } = await ec2.send(
    new CreateVpcEndpointCommand({
      VpcId: network.vpcId,
      ServiceName: 'com.amazonaws.us-east-1.s3',
      RouteTableIds: [routeTableId],
      ...(endpointPolicy === undefined ? {} : { PolicyDocument: JSON.stringify(endpointPolicy) }),
      ...chosen('vpc-endpoint', vpcEndpointId),
    }),
  );
  return present(VpcEndpoint?.VpcEndpointId, 'an endpoint has an id');
}

export async function networkInterfaces({ ec2 }: SeedDaemon, { vpcId }: Pick<Network, 'vpcId'>): Promise<readonly NetworkInterface[]> {
  const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }));
  return NetworkInterfaces;
}

export async function availableAddresses({ ec2 }: SeedDaemon, subnetId: string): Promise<number> {
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] }));
  return present(Subnets?.[0]?.AvailableIpAddressCount, 'a subnet counts its free addresses');
}
