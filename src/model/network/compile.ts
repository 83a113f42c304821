import { assert } from '../../stdx/assert.ts';
import { formatAddress, formatCidr } from './addresses.ts';
import { internetGatewayPlan, natRuleset, natSettings } from './edge.ts';
import type { Link } from './gate.ts';
import { endpointPorts, localTable, tableNumber } from './gates.ts';
import { natGatewayOf } from './internet-gates.ts';
import type { InsidePlan, LinkPlan, RoutePlan, RouterPlan, RuleOfRouting, VpcPlan } from './plan.ts';
import { credentialsAddress, linkEndpoint, linkEndpointMac, linkGateway, linkGatewayMac } from './reserved.ts';
import { routeEntries } from './routes.ts';
import { compileRuleset } from './ruleset.ts';
import { type VpcView, viewOf } from './view.ts';
import type { GatewayEndpoint, InternetGateway, NetworkInterface, World } from './world.ts';

/** Everything the kernel must hold for one VPC. The same world always gives the same plan. */
export function compile(world: World, vpcId: string): VpcPlan {
  const view = viewOf(world, vpcId);
  const links = linksOf(view);
  const { number, generation } = view.vpc;
  return { vpcId, number, generation, router: routerPlan(view, links), links: links.map((link) => linkPlan(view, link)) };
}

/** Every link of the router, in the order of their numbers. */
export function linksOf(view: VpcView): Link[] {
  return [
    ...view.networkInterfaces.map((networkInterface): Link => ({
      kind: 'network-interface',
      name: interfaceLink(networkInterface),
      id: networkInterface.networkInterfaceId,
      networkInterface,
    })),
    ...view.gatewayEndpoints.map((endpoint): Link => ({
      kind: 'gateway-endpoint',
      name: endpointLink(endpoint),
      id: endpoint.vpcEndpointId,
      endpoint,
    })),
    ...(view.internetGateway === undefined ? [] : [gatewayLinkOf(view.internetGateway)]),
  ];
}

const interfaceLink = (networkInterface: NetworkInterface): string => `e${networkInterface.number}`;
const gatewayLink = (gateway: InternetGateway): string => `g${gateway.number}`;
const gatewayLinkOf = (internetGateway: InternetGateway): Link => ({
  kind: 'internet-gateway',
  name: gatewayLink(internetGateway),
  id: internetGateway.internetGatewayId,
  internetGateway,
});
const endpointLink = (endpoint: GatewayEndpoint): string => `s${endpoint.number}`;

const noIpv6 = ['net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1'];
/** Answers take another table than questions; sources are checked by a gate instead. */
const routing = ['all', 'default'].flatMap((scope) =>
  ['rp_filter', 'send_redirects', 'accept_redirects', 'accept_source_route'].map((name) => `net.ipv4.conf.${scope}.${name}=0`),
);

/** What flow logs are made of. Flows that began without it are never counted; it costs nothing that can be measured. */
const accounting = ['net.netfilter.nf_conntrack_acct=1', 'net.netfilter.nf_conntrack_timestamp=1'];

function routerPlan(view: VpcView, links: readonly Link[]): RouterPlan {
  return {
    settings: [...noIpv6, ...routing, 'net.ipv4.ip_forward=1'],
    trackingSettings: accounting,
    addresses: [linkGateway, ...(view.vpc.enableDnsSupport ? view.resolverAddresses.map(formatAddress) : [])],
    rules: rulesOfRouting(view),
    routes: [...localRoutes(view), ...view.routeTables.flatMap((table) => tableRoutes(view, tableNumber(table), table))],
    ruleset: compileRuleset(view, links),
  };
}

const localPriority = 2_000_000_000;
const lastPriority = 2_000_000_001;

/** The router's own addresses are for its own packets; a packet of a subnet asks its route table, then the VPC. */
function rulesOfRouting(view: VpcView): RuleOfRouting[] {
  const tables = view.routeTables.map(tableNumber);
  return [
    { priority: 10, selector: 'iif lo lookup local' },
    ...tables.map((table) => ({ priority: table, selector: `fwmark ${table} lookup ${table}` })),
    { priority: localPriority, selector: `lookup ${localTable}` },
    { priority: lastPriority, selector: 'blackhole' },
  ];
}

/** Where each address of the VPC is. */
function localRoutes(view: VpcView): RoutePlan[] {
  const table = localTable;
  const resolvers = view.vpc.enableDnsSupport ? view.resolverAddresses.map(formatAddress) : [];
  return [
    ...resolvers.map((destination): RoutePlan => ({ table, type: 'local', destination, device: 'lo' })),
    ...view.networkInterfaces.map((eni): RoutePlan => ({ table, type: 'unicast', destination: eni.privateIpAddress, device: interfaceLink(eni) })),
    ...view.blocks.map((cidr): RoutePlan => ({ table, type: 'blackhole', destination: routeDestination(formatCidr(cidr)) })),
  ];
}

/** `throw` hands the packet to the next rule: the VPC's own addresses. What no route takes falls into the black hole. */
function tableRoutes(view: VpcView, table: number, routeTable: VpcView['routeTables'][number]): RoutePlan[] {
  const entries = routeEntries(view, routeTable).map(({ cidr, nextHop }): RoutePlan => {
    const destination = routeDestination(formatCidr(cidr));
    switch (nextHop.kind) {
      case 'local':
        return { table, type: 'throw', destination };
      case 'gateway-endpoint':
        return { table, type: 'unicast', destination, via: linkEndpoint, device: endpointLink(nextHop.endpoint) };
      case 'internet-gateway':
        return { table, type: 'unicast', destination, via: linkEndpoint, device: gatewayLink(nextHop.internetGateway) };
      case 'network-interface':
      case 'nat-gateway': {
        const { networkInterface } = nextHop;
        return { table, type: 'unicast', destination, via: networkInterface.privateIpAddress, device: interfaceLink(networkInterface) };
      }
      case 'blackhole':
        return { table, type: 'blackhole', destination };
    }
  });
  const resolvers = view.resolverAddresses.map((address): RoutePlan => ({ table, type: 'throw', destination: formatAddress(address) }));
  const routes = [...resolvers, ...entries];
  const hasDefault = routes.some((route) => route.destination === 'default');
  return hasDefault ? routes : [...routes, { table, type: 'blackhole', destination: 'default' }];
}

function routeDestination(cidr: string): string {
  return cidr === '0.0.0.0/0' ? 'default' : cidr.replace(/\/32$/, '');
}

/** Everything leaves by the router's one address, which every link has at its far end. */
const insidePlan = (source: string, extra: Partial<Pick<InsidePlan, 'addresses' | 'routes'>>): InsidePlan => ({
  addresses: [...(extra.addresses ?? []), { address: source, device: 'eth0' }],
  neighbour: { address: linkGateway, mac: linkGatewayMac },
  routes: [
    ...(extra.routes ?? []),
    { type: 'unicast', destination: linkGateway, device: 'eth0' },
    { type: 'unicast', destination: 'default', via: linkGateway, device: 'eth0', source },
  ],
});

function linkPlan(view: VpcView, link: Link): LinkPlan {
  switch (link.kind) {
    case 'network-interface':
      return natGatewayOf(view, link) === undefined ? interfacePlan(view, link, link.networkInterface) : natPlan(view, link, link.networkInterface);
    case 'gateway-endpoint':
      return endpointPlan(view, link, link.endpoint);
    case 'internet-gateway':
      return internetGatewayPlan(view, link.name, link.internetGateway);
  }
}

function interfacePlan(view: VpcView, { name, id }: Link, networkInterface: NetworkInterface): LinkPlan {
  const { number, privateIpAddress, macAddress } = networkInterface;
  const endpoint = view.interfaceEndpointOf.get(id);
  const lives =
    endpoint === undefined
      ? { inside: insidePlan(privateIpAddress, { addresses: [{ address: credentialsAddress, device: 'lo', scope: 'host' }] }) }
      : { inside: insidePlan(privateIpAddress, {}), insideRuleset: endpointRuleset([privateIpAddress], endpoint.ports) };
  return {
    owner: { kind: 'network-interface', number },
    id,
    link: name,
    routerMac: linkGatewayMac,
    address: privateIpAddress,
    mac: macAddress,
    // Containers run as an unprivileged user of the host, who may yet serve any port and send echo requests.
    settings: [...noIpv6, 'net.ipv4.ip_unprivileged_port_start=0', 'net.ipv4.ping_group_range=0 2147483647'],
    ...lives,
  };
}

/** An interface in whose namespace nothing runs: it sends on. */
function natPlan(view: VpcView, link: Link, networkInterface: NetworkInterface): LinkPlan {
  const { privateIpAddress } = networkInterface;
  return {
    ...interfacePlan(view, link, networkInterface),
    settings: natSettings,
    inside: insidePlan(privateIpAddress, {}),
    insideRuleset: natRuleset(privateIpAddress),
  };
}

/** The endpoint answers at every address of its prefix list and forwards nothing. */
function endpointPlan(view: VpcView, { name, id }: Link, endpoint: GatewayEndpoint): LinkPlan {
  const prefixes = (view.prefixesOf.get(endpoint.prefixListId) ?? []).map(formatCidr);
  assert(prefixes.length > 0, `prefix list ${endpoint.prefixListId} of ${id} has addresses`);
  return {
    owner: { kind: 'gateway-endpoint', number: endpoint.number },
    id,
    link: name,
    routerMac: linkGatewayMac,
    address: linkEndpoint,
    mac: linkEndpointMac,
    settings: [...noIpv6, ...routing, 'net.ipv4.ip_forward=0'],
    inside: insidePlan(linkEndpoint, { routes: prefixes.map((destination) => ({ type: 'local', destination, device: 'lo' })) }),
    insideRuleset: endpointRuleset(prefixes, endpointPorts),
  };
}

/** What an endpoint's namespace lets in and out: questions to its ports, and answers. It never asks, and forwards nothing. */
function endpointRuleset(destinations: readonly string[], served: readonly number[]): string {
  const addresses = `{ ${destinations.join(', ')} }`;
  const ports = `{ ${served.join(', ')} }`;
  const asked = served.length === 0 ? '' : `\n    iifname "eth0" ip daddr ${addresses} tcp dport ${ports} accept`;
  const answered = served.length === 0 ? '' : `\n    oifname "eth0" ip saddr ${addresses} tcp sport ${ports} accept`;
  return `table ip cloister
delete table ip cloister
table ip cloister {
  chain input {
    type filter hook input priority filter; policy drop;${asked}
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
  }
  chain output {
    type filter hook output priority filter; policy drop;${answered}
  }
}
`;
}
