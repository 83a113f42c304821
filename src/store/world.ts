import type {
  ElasticIp,
  GatewayEndpoint,
  InternetGateway,
  NatGateway,
  NetworkAcl,
  NetworkInterface,
  PrefixList,
  RouteTable,
  SecurityGroup,
  Subnet,
  Vpc,
  World,
} from '../model/network/world.ts';
import { s3PrefixListOf } from '../model/regions.ts';
import type {
  ElasticIpRow,
  InternetGatewayRow,
  NatGatewayRow,
  NetworkAclRow,
  NetworkInterfaceRow,
  PrefixListRow,
  RouteTableRow,
  SecurityGroupRow,
  SubnetRow,
  VpcEndpointRow,
  VpcRow,
} from './ec2.ts';
import type { Store } from './store.ts';

const vpcOf = ({ vpcId, number, generation, cidrBlocks, enableDnsSupport, enableDnsHostnames }: VpcRow): Vpc => ({
  vpcId,
  number,
  generation,
  cidrBlocks: cidrBlocks.map(({ cidrBlock }) => cidrBlock),
  enableDnsSupport,
  enableDnsHostnames,
});

const subnetOf = ({ subnetId, vpcId, cidrBlock, availabilityZone }: SubnetRow): Subnet => ({ subnetId, vpcId, cidrBlock, availabilityZone });

const routeTableOf = ({ routeTableId, number, vpcId, main, associations, routes }: RouteTableRow): RouteTable => ({
  routeTableId,
  number,
  vpcId,
  main,
  subnetIds: associations.flatMap(({ subnetId }) => (subnetId === undefined ? [] : [subnetId])),
  routes: routes.map(({ destination, target }) => ({ destination, target })),
});

const networkAclOf = ({ networkAclId, vpcId, isDefault, associations, entries }: NetworkAclRow): NetworkAcl => ({
  networkAclId,
  vpcId,
  isDefault,
  subnetIds: associations.map(({ subnetId }) => subnetId),
  entries,
});

const securityGroupOf = ({ groupId, groupName, vpcId, rules }: SecurityGroupRow): SecurityGroup => ({
  groupId,
  groupName,
  vpcId,
  rules: rules.map(({ description: _words, ...rule }) => rule),
});

const networkInterfaceOf = (row: NetworkInterfaceRow): NetworkInterface => ({
  networkInterfaceId: row.networkInterfaceId,
  number: row.number,
  vpcId: row.vpcId,
  subnetId: row.subnetId,
  privateIpAddress: row.privateIpAddress,
  macAddress: row.macAddress,
  groupIds: row.groupIds,
  sourceDestCheck: row.sourceDestCheck,
});

const gatewayEndpointOf = ({ vpcEndpointId, number, vpcId, serviceName, prefixListId, routeTableIds }: VpcEndpointRow): GatewayEndpoint => ({
  vpcEndpointId,
  number,
  vpcId,
  serviceName,
  prefixListId,
  routeTableIds,
});

const internetGatewayOf = ({ internetGatewayId, number, vpcId }: InternetGatewayRow): InternetGateway[] =>
  vpcId === undefined ? [] : [{ internetGatewayId, number, vpcId }];

const elasticIpOf = ({ allocationId, publicIp, association }: ElasticIpRow): ElasticIp[] =>
  association === undefined
    ? []
    : [{ allocationId, publicIp, networkInterfaceId: association.networkInterfaceId, privateIpAddress: association.privateIpAddress }];

const natGatewayOf = ({ natGatewayId, vpcId, subnetId, address, deletedAt }: NatGatewayRow): NatGateway[] =>
  address === undefined || deletedAt !== undefined ? [] : [{ natGatewayId, vpcId, subnetId, networkInterfaceId: address.networkInterfaceId }];

const prefixListOf = ({ prefixListId, prefixListName, versions }: PrefixListRow): PrefixList => ({
  prefixListId,
  prefixListName,
  cidrBlocks: versions.at(-1)?.entries.map(({ cidrBlock }) => cidrBlock) ?? [],
});

/** Everything the store holds of networks, as the plain value that `model/network` works on. */
export function readWorld({ ec2 }: Pick<Store, 'ec2'>, region: string): World {
  return {
    region,
    vpcs: ec2.vpcs.list().map((row) => vpcOf(row)),
    subnets: ec2.subnets.list().map((row) => subnetOf(row)),
    routeTables: ec2.routeTables.list().map((row) => routeTableOf(row)),
    networkAcls: ec2.networkAcls.list().map((row) => networkAclOf(row)),
    securityGroups: ec2.securityGroups.list().map((row) => securityGroupOf(row)),
    networkInterfaces: ec2.networkInterfaces.list().map((row) => networkInterfaceOf(row)),
    gatewayEndpoints: ec2.vpcEndpoints.list().map((row) => gatewayEndpointOf(row)),
    internetGateways: ec2.internetGateways.list().flatMap((row) => internetGatewayOf(row)),
    elasticIps: ec2.elasticIps.list().flatMap((row) => elasticIpOf(row)),
    natGateways: ec2.natGateways.list().flatMap((row) => natGatewayOf(row)),
    prefixLists: [s3PrefixListOf(region), ...ec2.prefixLists.list().map((row) => prefixListOf(row))],
  };
}
