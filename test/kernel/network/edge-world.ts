import type { NetworkInterface, RouteTable, Subnet, World } from '../../../src/model/network/world.ts';
import { eni, ids, openAcl, rule, sampleWorld } from './sample-world.ts';

/** A public subnet with an internet gateway's route, a private one behind a NAT gateway, and one without a way out. */
export const edge = {
  publicSubnet: 'subnet-0e1',
  privateSubnet: 'subnet-0e2',
  lonelySubnet: 'subnet-0e3',
  publicTable: 'rtb-0e1',
  privateTable: 'rtb-0e2',
  gateway: 'igw-0e',
  nat: 'nat-0e',
  group: 'sg-0e',
  natIp: '198.19.0.10',
  hostIp: '198.19.0.11',
} as const;
export const edgeEnis = { nat: 'eni-0e1', host: 'eni-0e2', publicJob: 'eni-0e3', privateJob: 'eni-0e4', lonely: 'eni-0e5' } as const;
export const edgeNumbers = { gateway: 7, nat: 21, host: 22, publicJob: 23, privateJob: 24, lonely: 25 } as const;
export const edgeAddresses = { nat: '10.0.11.4', host: '10.0.11.5', publicJob: '10.0.11.6', privateJob: '10.0.12.4', lonely: '10.0.13.4' } as const;

const subnet = (subnetId: string, cidrBlock: string): Subnet => ({ subnetId, vpcId: ids.vpc, cidrBlock, availabilityZone: 'us-east-1a' });
const everywhere = { cidrBlock: '0.0.0.0/0' } as const;

const table = (routeTableId: string, number: number, subnetId: string, target: RouteTable['routes'][number]['target']): RouteTable => ({
  routeTableId,
  number,
  vpcId: ids.vpc,
  main: false,
  subnetIds: [subnetId],
  routes: [{ destination: everywhere, target }],
});

export function edgeWorld(): World {
  const world = sampleWorld();
  const own = (key: keyof typeof edgeEnis, subnetId: string, groupIds: readonly string[] = [edge.group]): NetworkInterface =>
    eni(edgeNumbers[key], edgeEnis[key], ids.vpc, subnetId, edgeAddresses[key], groupIds);
  return {
    ...world,
    vpcs: world.vpcs.filter(({ vpcId }) => vpcId === ids.vpc),
    subnets: [subnet(edge.publicSubnet, '10.0.11.0/24'), subnet(edge.privateSubnet, '10.0.12.0/24'), subnet(edge.lonelySubnet, '10.0.13.0/24')],
    routeTables: [
      ...world.routeTables.filter(({ routeTableId }) => routeTableId === ids.mainTable),
      table(edge.publicTable, 4, edge.publicSubnet, { kind: 'internet-gateway', internetGatewayId: edge.gateway }),
      table(edge.privateTable, 5, edge.privateSubnet, { kind: 'nat-gateway', natGatewayId: edge.nat }),
    ],
    networkAcls: [openAcl(ids.acl, ids.vpc)],
    securityGroups: [
      {
        groupId: edge.group,
        groupName: edge.group,
        vpcId: ids.vpc,
        rules: [rule('egress', 'all', everywhere), rule('ingress', 'tcp', { cidrBlock: '198.19.0.0/16' }, 7000)],
      },
    ],
    networkInterfaces: [
      { ...own('nat', edge.publicSubnet, []), sourceDestCheck: false },
      own('host', edge.publicSubnet),
      own('publicJob', edge.publicSubnet),
      own('privateJob', edge.privateSubnet),
      own('lonely', edge.lonelySubnet),
    ],
    gatewayEndpoints: [],
    internetGateways: [{ internetGatewayId: edge.gateway, number: edgeNumbers.gateway, vpcId: ids.vpc }],
    elasticIps: [
      { allocationId: 'eipalloc-1', publicIp: edge.natIp, networkInterfaceId: edgeEnis.nat, privateIpAddress: edgeAddresses.nat },
      { allocationId: 'eipalloc-2', publicIp: edge.hostIp, networkInterfaceId: edgeEnis.host, privateIpAddress: edgeAddresses.host },
    ],
    natGateways: [{ natGatewayId: edge.nat, vpcId: ids.vpc, subnetId: edge.publicSubnet, networkInterfaceId: edgeEnis.nat }],
  };
}
