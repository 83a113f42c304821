import { type Address, type Cidr, cidrContains, formatCidr } from './addresses.ts';
import { mustParseCidr, type VpcView } from './view.ts';
import type { GatewayEndpoint, InternetGateway, NatGateway, NetworkInterface, RouteDestination, RouteTable } from './world.ts';

/** Where a route leads, its target looked up. A target that is gone is a black hole, as on AWS. */
export type NextHop =
  | { readonly kind: 'local' }
  | { readonly kind: 'gateway-endpoint'; readonly endpoint: GatewayEndpoint }
  | { readonly kind: 'network-interface'; readonly networkInterface: NetworkInterface }
  | { readonly kind: 'nat-gateway'; readonly natGateway: NatGateway; readonly networkInterface: NetworkInterface }
  | { readonly kind: 'internet-gateway'; readonly internetGateway: InternetGateway }
  | { readonly kind: 'blackhole' };

/** One block of a route table. A route to a prefix list is one entry per block of the list. */
export interface RouteEntry {
  readonly cidr: Cidr;
  readonly destination: RouteDestination;
  readonly nextHop: NextHop;
}

/**
 * The entries of a table, the longest prefix first, no block twice. The VPC's own blocks are always local. Of equal
 * blocks local wins, then the route that names the block, then the prefix list
 * (https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html).
 */
export function routeEntries(view: VpcView, table: RouteTable): RouteEntry[] {
  const local = view.blocks.map((cidr): RouteEntry => ({ cidr, destination: { cidrBlock: formatCidr(cidr) }, nextHop: { kind: 'local' } }));
  const routes = table.routes.filter((route) => route.target.kind !== 'local');
  const named = routes.flatMap((route): RouteEntry[] =>
    'cidrBlock' in route.destination
      ? [{ cidr: mustParseCidr(route.destination.cidrBlock), destination: route.destination, nextHop: nextHopOf(view, route.target) }]
      : [],
  );
  const listed = routes.flatMap((route): RouteEntry[] =>
    'prefixListId' in route.destination
      ? (view.prefixesOf.get(route.destination.prefixListId) ?? []).map((cidr) => ({
          cidr,
          destination: route.destination,
          nextHop: nextHopOf(view, route.target),
        }))
      : [],
  );
  const entries = new Map<string, RouteEntry>();
  for (const entry of [...local, ...named, ...listed]) {
    const key = formatCidr(entry.cidr);
    if (!entries.has(key)) entries.set(key, entry);
  }
  return [...entries.values()].sort((a, b) => b.cidr.prefixLength - a.cidr.prefixLength || a.cidr.base - b.cidr.base);
}

function nextHopOf(view: VpcView, target: RouteTable['routes'][number]['target']): NextHop {
  switch (target.kind) {
    case 'gateway-endpoint': {
      const endpoint = view.gatewayEndpoints.find((candidate) => candidate.vpcEndpointId === target.vpcEndpointId);
      return endpoint === undefined ? { kind: 'blackhole' } : { kind: 'gateway-endpoint', endpoint };
    }
    case 'network-interface': {
      const networkInterface = view.networkInterfaces.find((candidate) => candidate.networkInterfaceId === target.networkInterfaceId);
      return networkInterface === undefined ? { kind: 'blackhole' } : { kind: 'network-interface', networkInterface };
    }
    case 'nat-gateway': {
      const natGateway = [...view.natGateways.values()].find((candidate) => candidate.natGatewayId === target.natGatewayId);
      const networkInterface = view.networkInterfaces.find((candidate) => candidate.networkInterfaceId === natGateway?.networkInterfaceId);
      if (natGateway === undefined || networkInterface === undefined) return { kind: 'blackhole' };
      return { kind: 'nat-gateway', natGateway, networkInterface };
    }
    case 'internet-gateway': {
      const { internetGateway } = view;
      return internetGateway?.internetGatewayId === target.internetGatewayId ? { kind: 'internet-gateway', internetGateway } : { kind: 'blackhole' };
    }
    case 'local':
    case 'blackhole':
      return { kind: target.kind };
  }
}

/** The entry a packet follows: the longest prefix that holds its destination. */
export function selectRoute(entries: readonly RouteEntry[], destination: Address): RouteEntry | undefined {
  return entries.find((entry) => cidrContains(entry.cidr, destination));
}

/** Never routed, whatever a route table says: this network, loopback, link-local, multicast, reserved. */
export const unroutableBlocks = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'].map(mustParseCidr);

/** Where a packet from a subnet of the table ends up, groups and endpoints aside. */
export type Path =
  | { readonly kind: 'resolver' }
  | { readonly kind: 'network-interface'; readonly receiver: NetworkInterface; readonly entry?: RouteEntry }
  | { readonly kind: 'gateway-endpoint'; readonly endpoint: GatewayEndpoint; readonly entry: RouteEntry }
  | { readonly kind: 'internet-gateway'; readonly internetGateway: InternetGateway; readonly entry: RouteEntry }
  | { readonly kind: 'nowhere'; readonly reason: 'no-route' | 'blackhole' | 'no-interface' | 'unroutable'; readonly entry?: RouteEntry };

export function pathOf(view: VpcView, table: RouteTable, destination: Address): Path {
  if (view.resolverAddresses.includes(destination)) return { kind: 'resolver' };
  if (unroutableBlocks.some((cidr) => cidrContains(cidr, destination))) return { kind: 'nowhere', reason: 'unroutable' };
  const entry = selectRoute(routeEntries(view, table), destination);
  if (entry === undefined) return { kind: 'nowhere', reason: 'no-route' };
  switch (entry.nextHop.kind) {
    case 'gateway-endpoint':
      return { kind: 'gateway-endpoint', endpoint: entry.nextHop.endpoint, entry };
    case 'internet-gateway':
      return { kind: 'internet-gateway', internetGateway: entry.nextHop.internetGateway, entry };
    case 'network-interface':
    case 'nat-gateway':
      return { kind: 'network-interface', receiver: entry.nextHop.networkInterface, entry };
    case 'blackhole':
      return { kind: 'nowhere', reason: 'blackhole', entry };
    case 'local': {
      const receiver = view.interfaceAt.get(destination);
      return receiver === undefined ? { kind: 'nowhere', reason: 'no-interface', entry } : { kind: 'network-interface', receiver, entry };
    }
  }
}
