import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  DescribeNatGatewaysCommand,
} from '@aws-sdk/client-ec2';
import type { ElasticIp, World as NetworkWorld } from '../../src/model/network/world.ts';
import { present } from '../../src/stdx/assert.ts';
import { until } from './job.ts';
import { createNetwork, type Network, type NetworkOptions } from './network.ts';
import type { SeedDaemon } from './seed-daemon.ts';

export interface PublicNetwork extends Network {
  readonly internetGatewayId: string;
}

const everywhere = '0.0.0.0/0';

/** A VPC whose main route table, and so whose every subnet, leads to an internet gateway. */
export async function createPublicNetwork(daemon: SeedDaemon, options: NetworkOptions = {}): Promise<PublicNetwork> {
  const { ec2 } = daemon;
  const network = await createNetwork(daemon, options);
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const internetGatewayId = present(InternetGateway?.InternetGatewayId, 'a gateway has an id');
  await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: internetGatewayId, VpcId: network.vpcId }));
  const route = { DestinationCidrBlock: everywhere, GatewayId: internetGatewayId };
  await ec2.send(new CreateRouteCommand({ RouteTableId: network.routeTableId, ...route }));
  return { ...network, internetGatewayId };
}

export interface NatNetwork extends PublicNetwork {
  readonly natGatewayId: string;
  /** The NAT gateway's Elastic IP. */
  readonly publicIp: string;
}

/** Its first subnet is public and has a NAT gateway; the second one's table leads there, and jobs are in that one. */
export async function createNatNetwork(daemon: SeedDaemon): Promise<NatNetwork> {
  const { ec2 } = daemon;
  const network = await createPublicNetwork(daemon, { subnets: ['10.0.1.0/24', '10.0.2.0/24'] });
  const [publicSubnet, privateSubnet = ''] = network.subnetIds;
  const { AllocationId, PublicIp } = await ec2.send(new AllocateAddressCommand({}));
  const { NatGateway } = await ec2.send(new CreateNatGatewayCommand({ SubnetId: publicSubnet, AllocationId }));
  const natGatewayId = present(NatGateway?.NatGatewayId, 'a NAT gateway has an id');
  await until(`${natGatewayId} is available`, async () => {
    const { NatGateways } = await ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: [natGatewayId] }));
    return NatGateways?.[0]?.State === 'available' ? true : undefined;
  });
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: network.vpcId }));
  const routeTableId = present(RouteTable?.RouteTableId, 'a route table has an id');
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId: routeTableId, SubnetId: privateSubnet }));
  await ec2.send(new CreateRouteCommand({ RouteTableId: routeTableId, DestinationCidrBlock: everywhere, NatGatewayId: natGatewayId }));
  return { ...network, routeTableId, subnetIds: [privateSubnet], natGatewayId, publicIp: present(PublicIp, 'an address') };
}

/** Somebody on the internet: an interface with an Elastic IP in a VPC of its own. Returns the interface's id. */
export async function createStranger(daemon: SeedDaemon): Promise<string> {
  const { ec2 } = daemon;
  const { subnetIds } = await createPublicNetwork(daemon);
  const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnetIds[0] ?? '' }));
  const networkInterfaceId = present(NetworkInterface?.NetworkInterfaceId, 'an interface has an id');
  const { AllocationId } = await ec2.send(new AllocateAddressCommand({}));
  await ec2.send(new AssociateAddressCommand({ AllocationId, NetworkInterfaceId: networkInterfaceId }));
  return networkInterfaceId;
}

/** A public address that no interface has: the one that `withPublicJobs` gives to an interface of this private address. */
export const publicIpOf = (privateIpAddress: string): string => `198.19.255.${privateIpAddress.split('.')[3] ?? ''}`;

/** The same network where every interface in a VPC with an internet gateway has a public address. */
export function withPublicJobs(world: NetworkWorld): NetworkWorld {
  const taken = new Set(world.elasticIps.map(({ networkInterfaceId }) => networkInterfaceId));
  const gateways = new Set(world.internetGateways.map(({ vpcId }) => vpcId));
  const more = world.networkInterfaces
    .filter(({ networkInterfaceId, vpcId }) => gateways.has(vpcId) && !taken.has(networkInterfaceId))
    .map(({ networkInterfaceId, privateIpAddress }): ElasticIp => ({
      allocationId: `eipalloc-${networkInterfaceId}`,
      publicIp: publicIpOf(privateIpAddress),
      networkInterfaceId,
      privateIpAddress,
    }));
  return { ...world, elasticIps: [...world.elasticIps, ...more] };
}

/** A program of the container: what it gets from a URL, or the name of the error, as a line of its log after a word. */
export const fetches = (word: string, url: string): readonly string[] => [
  'node',
  '-e',
  `fetch(process.argv[1],{signal:AbortSignal.timeout(2e3)}).then(async r=>console.log('${word}',r.status,await r.text()),e=>console.log('${word}',e.name))`,
  url,
];
