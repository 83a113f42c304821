import { present } from '../../stdx/assert.ts';
import { type Address, type Cidr, compareCidrs, parseAddress, parseCidr, resolverAddressOf } from './addresses.ts';
import { resolverAddress } from './reserved.ts';
import type {
  ElasticIp,
  GatewayEndpoint,
  InterfaceEndpoint,
  InternetGateway,
  NatGateway,
  NetworkAcl,
  NetworkInterface,
  RouteTable,
  SecurityGroup,
  Subnet,
  Vpc,
  World,
} from './world.ts';

/** One VPC of the world, indexed, in an order that depends on the ids and numbers alone. */
export interface VpcView {
  readonly vpc: Vpc;
  readonly blocks: readonly Cidr[];
  /** Base + 2 of the primary block, and the resolver's fixed address. */
  readonly resolverAddresses: readonly Address[];
  readonly routeTables: readonly RouteTable[];
  readonly networkInterfaces: readonly NetworkInterface[];
  readonly gatewayEndpoints: readonly GatewayEndpoint[];
  readonly interfaceEndpoints: readonly InterfaceEndpoint[];
  /** By the interfaces that they are at. */
  readonly interfaceEndpointOf: ReadonlyMap<string, InterfaceEndpoint>;
  readonly internetGateway: InternetGateway | undefined;
  /** Of the VPC's interfaces, by public address. */
  readonly elasticIps: readonly ElasticIp[];
  /** By the id of its interface. */
  readonly natGateways: ReadonlyMap<string, NatGateway>;
  readonly networkAcls: readonly NetworkAcl[];
  /** The ACL of a subnet. */
  readonly aclOf: (subnetId: string) => NetworkAcl;
  readonly groups: ReadonlyMap<string, SecurityGroup>;
  readonly subnets: ReadonlyMap<string, Subnet>;
  readonly interfaceAt: ReadonlyMap<Address, NetworkInterface>;
  /** The private addresses of a group's interfaces. A group of another VPC has none here. */
  readonly membersOf: ReadonlyMap<string, readonly Address[]>;
  readonly prefixesOf: ReadonlyMap<string, readonly Cidr[]>;
  readonly routeTableOf: ReadonlyMap<string, RouteTable>;
}

export function mustParseCidr(text: string): Cidr {
  return present(parseCidr(text), `a stored block is a block: ${text}`);
}

export function mustParseAddress(text: string): Address {
  return present(parseAddress(text), `a stored address is an address: ${text}`);
}

export function viewOf(world: World, vpcId: string): VpcView {
  const inVpc = <T extends { readonly vpcId: string }>(items: readonly T[]): T[] => items.filter((item) => item.vpcId === vpcId);
  const byNumber = <T extends { readonly number: number }>(items: T[]): T[] => items.sort((a, b) => a.number - b.number);
  const vpc = present(
    world.vpcs.find((candidate) => candidate.vpcId === vpcId),
    `${vpcId} is in the world`,
  );
  const subnets = inVpc(world.subnets);
  const routeTables = byNumber(inVpc(world.routeTables));
  const networkInterfaces = byNumber(inVpc(world.networkInterfaces));
  const interfaceEndpoints = inVpc(world.interfaceEndpoints).sort((a, b) => (a.vpcEndpointId < b.vpcEndpointId ? -1 : 1));
  const own = new Set(networkInterfaces.map(({ networkInterfaceId }) => networkInterfaceId));
  const networkAcls = inVpc(world.networkAcls);
  const groups = inVpc(world.securityGroups).sort((a, b) => (a.groupId < b.groupId ? -1 : 1));
  const mainTable = routeTables.find((table) => table.main);
  const tableOf = (subnet: Subnet): RouteTable =>
    present(routeTables.find((table) => table.subnetIds.includes(subnet.subnetId)) ?? mainTable, `${vpcId} has a main route table`);
  const blocks = vpc.cidrBlocks.map(mustParseCidr);
  const interfaceAt = new Map(networkInterfaces.map((candidate) => [mustParseAddress(candidate.privateIpAddress), candidate]));
  const members = new Map<string, Address[]>(groups.map(({ groupId }) => [groupId, []]));
  for (const [address, { groupIds }] of interfaceAt) for (const groupId of groupIds) members.get(groupId)?.push(address);
  for (const addresses of members.values()) addresses.sort((a, b) => a - b);
  return {
    vpc,
    blocks,
    resolverAddresses: [resolverAddressOf(present(blocks[0], `${vpcId} has a primary block`)), mustParseAddress(resolverAddress)],
    routeTables,
    networkInterfaces,
    gatewayEndpoints: byNumber(inVpc(world.gatewayEndpoints)),
    interfaceEndpoints,
    interfaceEndpointOf: new Map(interfaceEndpoints.flatMap((endpoint) => endpoint.networkInterfaceIds.map((id) => [id, endpoint] as const))),
    internetGateway: inVpc(world.internetGateways)[0],
    elasticIps: world.elasticIps
      .filter(({ networkInterfaceId }) => own.has(networkInterfaceId))
      .sort((a, b) => mustParseAddress(a.publicIp) - mustParseAddress(b.publicIp)),
    natGateways: new Map(
      inVpc(world.natGateways)
        .filter(({ networkInterfaceId }) => own.has(networkInterfaceId))
        .sort((a, b) => (a.natGatewayId < b.natGatewayId ? -1 : 1))
        .map((gateway) => [gateway.networkInterfaceId, gateway]),
    ),
    networkAcls,
    aclOf: aclBySubnet(vpcId, networkAcls),
    groups: new Map(groups.map((group) => [group.groupId, group])),
    subnets: new Map(subnets.map((subnet) => [subnet.subnetId, subnet])),
    interfaceAt,
    membersOf: members,
    prefixesOf: new Map(world.prefixLists.map((list) => [list.prefixListId, list.cidrBlocks.map(mustParseCidr).sort(compareCidrs)])),
    routeTableOf: new Map(subnets.map((subnet) => [subnet.subnetId, tableOf(subnet)])),
  };
}

function aclBySubnet(vpcId: string, acls: readonly NetworkAcl[]): VpcView['aclOf'] {
  const bySubnet = new Map(acls.flatMap((acl) => acl.subnetIds.map((subnetId) => [subnetId, acl] as const)));
  const byDefault = acls.find((acl) => acl.isDefault);
  return (subnetId) => present(bySubnet.get(subnetId) ?? byDefault, `${vpcId} has a default network ACL`);
}

export function routeTableOfInterface(view: VpcView, networkInterface: NetworkInterface): RouteTable {
  return present(view.routeTableOf.get(networkInterface.subnetId), `${networkInterface.subnetId} is in ${view.vpc.vpcId}`);
}
