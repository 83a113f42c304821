import { endpointDnsNames, type EndpointService } from '../model/endpoint-services.ts';
import type {
  ElasticIp,
  GatewayEndpoint,
  InterfaceEndpoint,
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
import { s3PrefixListOf, stableHex } from '../model/regions.ts';
import type {
  ElasticIpRow,
  GatewayEndpointRow,
  InterfaceEndpointRow,
  InternetGatewayRow,
  NatGatewayRow,
  NetworkAclRow,
  NetworkInterfaceRow,
  PrefixListRow,
  RouteTableRow,
  SecurityGroupRow,
  SubnetRow,
  VpcRow,
} from './ec2.ts';
import { endpointServicesOf } from './endpoint-services.ts';
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
  ...(row.tunnel === undefined ? {} : { tunnel: row.tunnel }),
});

const gatewayEndpointOf = ({ vpcEndpointId, number, vpcId, serviceName, prefixListId, routeTableIds }: GatewayEndpointRow): GatewayEndpoint => ({
  vpcEndpointId,
  number,
  vpcId,
  serviceName,
  prefixListId,
  routeTableIds,
});

/** The names that lead to an endpoint by themselves: one for all of it, one for each of its zones. */
export function ownNamesOf({ ec2 }: Pick<Store, 'ec2'>, row: InterfaceEndpointRow, service: EndpointService): ReturnType<typeof endpointDnsNames> {
  const interfaces = row.networkInterfaceIds.map((id) => {
    const { availabilityZone, privateIpAddress: address } = ec2.networkInterfaces.get(id);
    return { availabilityZone, address };
  });
  return endpointDnsNames(service, { label: `${row.vpcEndpointId}-${stableHex(row.vpcEndpointId)}`, interfaces });
}

/** The service's public names that lead to the endpoint inside its VPC: none when they are off, or S3's are left to the gateway endpoint. */
export function privateNamesOf({ ec2 }: Pick<Store, 'ec2'>, row: InterfaceEndpointRow, { privateNames }: EndpointService): readonly string[] {
  const { enableDnsHostnames, enableDnsSupport } = ec2.vpcs.get(row.vpcId);
  const isOn = row.privateDnsEnabled && row.privateDnsOnlyForInboundResolverEndpoint !== true && enableDnsHostnames && enableDnsSupport;
  return isOn ? privateNames : [];
}

/** An endpoint whose service the operator took away answers at no port and has no names. */
function interfaceEndpointOf(store: Pick<Store, 'ec2'>, row: InterfaceEndpointRow, service: EndpointService | undefined): InterfaceEndpoint {
  const { vpcEndpointId, vpcId, serviceName, networkInterfaceIds } = row;
  if (service === undefined) return { vpcEndpointId, vpcId, serviceName, networkInterfaceIds, ports: [], names: {} };
  const addresses = networkInterfaceIds.map((id) => store.ec2.networkInterfaces.get(id).privateIpAddress);
  const names = Object.fromEntries([
    ...ownNamesOf(store, row, service),
    ...(addresses.length === 0 ? [] : privateNamesOf(store, row, service).map((name) => [name, addresses] as const)),
  ]);
  return { vpcEndpointId, vpcId, serviceName, networkInterfaceIds, ports: service.ports, names };
}

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
export function readWorld(store: Pick<Store, 'ec2'>, region: string): World {
  const { ec2 } = store;
  const endpoints = ec2.vpcEndpoints.list();
  const services = new Map(endpointServicesOf(store, region).map((service) => [service.serviceName, service]));
  return {
    region,
    vpcs: ec2.vpcs.list().map((row) => vpcOf(row)),
    subnets: ec2.subnets.list().map((row) => subnetOf(row)),
    routeTables: ec2.routeTables.list().map((row) => routeTableOf(row)),
    networkAcls: ec2.networkAcls.list().map((row) => networkAclOf(row)),
    securityGroups: ec2.securityGroups.list().map((row) => securityGroupOf(row)),
    networkInterfaces: ec2.networkInterfaces.list().map((row) => networkInterfaceOf(row)),
    gatewayEndpoints: endpoints.flatMap((row) => (row.vpcEndpointType === 'Gateway' ? [gatewayEndpointOf(row)] : [])),
    interfaceEndpoints: endpoints.flatMap((row) =>
      row.vpcEndpointType === 'Interface' ? [interfaceEndpointOf(store, row, services.get(row.serviceName))] : [],
    ),
    internetGateways: ec2.internetGateways.list().flatMap((row) => internetGatewayOf(row)),
    elasticIps: ec2.elasticIps.list().flatMap((row) => elasticIpOf(row)),
    natGateways: ec2.natGateways.list().flatMap((row) => natGatewayOf(row)),
    prefixLists: [s3PrefixListOf(region), ...ec2.prefixLists.list().map((row) => prefixListOf(row))],
  };
}
