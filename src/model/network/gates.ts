import { egressAcl, ingressAcl } from './acl-gates.ts';
import { cidrContains } from './addresses.ts';
import {
  accept,
  codeShift,
  counted,
  dropMark,
  type Gate,
  type GateName,
  interfacesOf,
  type Journey,
  type Judgement,
  judged,
  next,
  noteShift,
  refuse,
  resolverSet,
  senderOf,
  type Stage,
  tracked,
} from './gate.ts';
import { type Allowance, allowancesOf, allows, type Direction, groupChain, prefixSet, protocolNumbers, trafficMatch } from './groups.ts';
import {
  edgeGate,
  fromInternet,
  gatewayCounter,
  inboundStatements,
  internetGatewayGate,
  judgeNatSender,
  natCounter,
  natGatewayGate,
  natGatewayOf,
  natStatements,
} from './internet-gates.ts';
import type { NftMap } from './plan.ts';
import { linkEndpointMac } from './reserved.ts';
import { tunnelGate } from './tunnel.ts';
import { mustParseAddress, routeTableOfInterface, type VpcView } from './view.ts';
import type { NetworkInterface, RouteTable } from './world.ts';

/** Gates outside the stages: what no interface, and what no gate, let pass. */
export const unknownInterface = { name: 'unknown-interface', code: 1, counter: 'unknown-interface' } as const;
export const routerGate = { name: 'router', code: 10, counter: 'router' } as const;

/** The reverse of `dropMark`, with what the refusal noted of the packet. */
export function readDropMark(mark: number): { gate: GateName | undefined; number: number; notes: number } {
  const code = Math.floor(mark / 2 ** codeShift);
  const notes = Math.floor((mark % 2 ** codeShift) / 2 ** noteShift);
  return { gate: gateNames.get(code), number: mark % 2 ** noteShift, notes };
}

/** Routing tables of the router: one for the VPC's own addresses, one per route table. */
export const localTable = 20;
export const tableNumber = (table: RouteTable): number => 1000 + table.number;

const map = (name: string, type: string, elements: NftMap['elements']): NftMap => ({ kind: 'map', name, specification: [`type ${type}`], elements });

/**
 * Source and MAC are the interface's own (`SourceDestCheck`), and the route table is chosen by interface. One lookup by
 * all three, so that an interface more is an element more.
 */
const antiSpoofing: Gate = {
  name: 'anti-spoofing',
  code: 2,
  counters: (view, link) => [link.kind === 'network-interface' ? `spoof.${view.vpc.vpcId}` : `spoof.${link.id}`],
  lookups(view, links) {
    const markOf = (networkInterface: NetworkInterface): string => String(tableNumber(routeTableOfInterface(view, networkInterface)));
    const owners = interfacesOf(links, true).map(({ name, networkInterface }) => {
      const { macAddress, privateIpAddress } = networkInterface;
      return [`"${name}" . ${macAddress} . ${privateIpAddress}`, markOf(networkInterface)] as const;
    });
    const forwarders = interfacesOf(links, false).map(
      ({ name, networkInterface }) => [`"${name}" . ${networkInterface.macAddress}`, markOf(networkInterface)] as const,
    );
    const keys = links.flatMap((link) =>
      link.kind === 'network-interface' ? [[`"${link.name}"`, dropMark(this.code, link.networkInterface.number)] as const] : [],
    );
    return [
      map('source.owners', 'ifname . ether_addr . ipv4_addr : mark', owners),
      map('source.forwarders', 'ifname . ether_addr : mark', forwarders),
      map('source.numbers', 'ifname : mark', keys),
    ];
  },
  statements(view, link) {
    const counters = this.counters(view, link);
    if (link.kind === 'gateway-endpoint') {
      return [
        `ether saddr ${linkEndpointMac} ip saddr @${prefixSet(link.endpoint.prefixListId)} meta mark set 0 accept`,
        refuse(this.code, counters),
      ];
    }
    if (link.kind === 'internet-gateway') return [fromInternet, refuse(this.code, counters)];
    const own = link.networkInterface.sourceDestCheck
      ? 'meta mark set iifname . ether saddr . ip saddr map @source.owners accept'
      : 'meta mark set iifname . ether saddr map @source.forwarders accept';
    return [own, `meta mark set iifname map @source.numbers ${counted(counters)} goto refuse`, refuse(this.code, counters)];
  },
  alike: (_view, link) => (link.kind === 'network-interface' ? String(link.networkInterface.sourceDestCheck) : undefined),
  judge(journey) {
    const { view, packet } = journey;
    const sender = senderOf(journey);
    const passes = !sender.sourceDestCheck || packet.source === mustParseAddress(sender.privateIpAddress);
    return passes ? accept : { verdict: 'refuse', counters: [`spoof.${view.vpc.vpcId}`] };
  },
};

/**
 * The VPC's resolver is beyond groups and route tables, as on AWS
 * (https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html), and answers names and nothing else.
 */
const resolver: Gate = {
  name: 'resolver',
  code: 3,
  counters: (view) => [`resolver.${view.vpc.vpcId}`],
  statements(view, link) {
    if (link.kind !== 'network-interface') return [];
    const names = `ip daddr @${resolverSet} meta l4proto { tcp, udp } th dport 53 accept`;
    return [...(view.vpc.enableDnsSupport ? [names] : []), `ip daddr @${resolverSet} ${refuse(this.code, this.counters(view, link))}`];
  },
  alike: (_view, link) => link.kind,
  judge({ view, packet, path }) {
    if (path.kind !== 'resolver') return next;
    const isName = (packet.protocol === protocolNumbers.udp || packet.protocol === protocolNumbers.tcp) && packet.destinationPort === 53;
    return view.vpc.enableDnsSupport && isName ? accept : { verdict: 'refuse', counters: [`resolver.${view.vpc.vpcId}`] };
  },
};

/** The groups of an interface refuse together: no one of them had a rule. */
const groupCounters = (direction: Direction, networkInterface: NetworkInterface): string[] =>
  (networkInterface.groupIds.length === 0 ? [networkInterface.networkInterfaceId] : networkInterface.groupIds.toSorted()).map(
    (id) => `${direction}.${id}`,
  );

/** One without groups is refused under its own id. */
const alikeByGroups = ({ groupIds }: NetworkInterface): string | undefined => (groupIds.length < 2 ? groupIds[0] : groupIds.toSorted().join(' '));

/** In a flow's mark: who asked, or who answers, does not track it. Each side is judged by its own groups. */
const untrackedBy = { asker: 1, answerer: 2 } as const;

/**
 * A flow that everybody may start and everybody may answer is not tracked: it ends when its rule does
 * (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html). Its packets are judged
 * one by one, answers by the rules of their own direction.
 */
function trackingStatements(view: VpcView, direction: Direction, networkInterface: NetworkInterface): string[] {
  const bits =
    direction === 'egress'
      ? { original: untrackedBy.asker, reply: untrackedBy.answerer }
      : { original: untrackedBy.answerer, reply: untrackedBy.asker };
  const openings = untrackedAllowances(view, direction, networkInterface).map((allowance) =>
    ['ct state new', ...trafficMatch(allowance), `ct mark set ct mark or ${bits.original}`].join(' '),
  );
  return [
    'ct state related accept',
    `ct state established ct direction original ct mark and ${bits.original} == 0 accept`,
    `ct state established ct direction reply ct mark and ${bits.reply} == 0 accept`,
    ...new Set(openings),
  ];
}

/** Rules of an interface for everybody, of TCP or UDP, whose answers another rule lets pass to everybody from every port. */
function untrackedAllowances(view: VpcView, direction: Direction, { groupIds }: NetworkInterface): Allowance[] {
  const toEverybody = (way: Direction): Allowance[] =>
    groupIds.toSorted().flatMap((groupId) => allowancesOf(view, groupId, way).filter(({ peer }) => peer === undefined));
  const answers = toEverybody(direction === 'egress' ? 'ingress' : 'egress').filter(
    ({ ports, icmpType }) => ports === undefined && icmpType === undefined,
  );
  const answered = (protocol: number): boolean => answers.some((answer) => answer.protocol === undefined || answer.protocol === protocol);
  return toEverybody(direction).flatMap((allowance) =>
    [protocolNumbers.tcp, protocolNumbers.udp]
      .filter((protocol) => (allowance.protocol === undefined || allowance.protocol === protocol) && answered(protocol))
      .map((protocol) => ({ ...allowance, protocol })),
  );
}

function groupStatements(view: VpcView, code: number, direction: Direction, networkInterface: NetworkInterface): string[] {
  const jumps = networkInterface.groupIds.toSorted().map((groupId) => `jump ${groupChain(direction, groupId)}`);
  return [...trackingStatements(view, direction, networkInterface), ...jumps, refuse(code, groupCounters(direction, networkInterface))];
}

function judgeGroups(journey: Journey, direction: Direction, networkInterface: NetworkInterface): Judgement {
  const { view, packet, reply } = journey;
  if (reply) return accept;
  const peer = direction === 'egress' ? packet.destination : packet.source;
  const allowance = networkInterface.groupIds
    .toSorted()
    .flatMap((groupId) => allowancesOf(view, groupId, direction))
    .find((candidate) => allows(view, candidate, packet, peer));
  if (allowance !== undefined) return { verdict: 'accept', allowance };
  return { verdict: 'refuse', counters: groupCounters(direction, networkInterface) };
}

const egressGroups: Gate = {
  name: 'egress-groups',
  code: 4,
  counters(view, link) {
    const nat = natGatewayOf(view, link);
    if (nat !== undefined) return [natCounter(nat)];
    if (link.kind === 'internet-gateway') return [gatewayCounter(link.id)];
    return link.kind === 'network-interface' ? groupCounters('egress', link.networkInterface) : [`endpoint.${link.id}`];
  },
  statements(view, link) {
    if (link.kind === 'internet-gateway') return inboundStatements(link.id);
    const nat = natGatewayOf(view, link);
    if (nat !== undefined && link.kind === 'network-interface') return natStatements(nat, link.networkInterface);
    if (link.kind === 'network-interface') return groupStatements(view, this.code, 'egress', link.networkInterface);
    // An endpoint answers; it never asks.
    return [tracked, refuse(endpoint.code, this.counters(view, link))];
  },
  alike: (view, link) =>
    link.kind === 'network-interface' && natGatewayOf(view, link) === undefined ? alikeByGroups(link.networkInterface) : undefined,
  judge(journey) {
    const sender = senderOf(journey);
    const nat = journey.view.natGateways.get(sender.networkInterfaceId);
    if (nat !== undefined) return judgeNatSender(nat, sender, journey.packet, journey.reply);
    return judgeGroups(journey, 'egress', sender);
  },
};

/** An address of the VPC that no interface has: AWS takes the packet and nobody gets it. */
const destination: Gate = {
  name: 'destination',
  code: 5,
  counters: (view) => [`destination.${view.vpc.vpcId}`],
  statements(view, link) {
    // One look at the routes for all packets that have one; what is left has nowhere to go.
    const routed = 'ip daddr != @unroutable fib daddr . mark oif exists accept';
    return [`ip daddr @${resolverSet} accept`, routed, `ip daddr @vpc ${refuse(this.code, this.counters(view, link))}`];
  },
  alike: () => 'all',
  judge({ view, packet, path }) {
    if (path.kind === 'resolver') return accept;
    const inside = view.blocks.some((cidr) => cidrContains(cidr, packet.destination));
    return judged(!(inside && path.kind === 'nowhere'), [`destination.${view.vpc.vpcId}`]);
  },
};

/** The subnet's route table has somewhere to send it. Dropped in silence when not, as on AWS. */
const route: Gate = {
  name: 'route',
  code: 6,
  counters(view, link) {
    if (link.kind === 'gateway-endpoint') return [`endpoint.${link.id}`];
    if (link.kind === 'internet-gateway') return [gatewayCounter(link.id)];
    return [`route.${routeTableOfInterface(view, link.networkInterface).routeTableId}`];
  },
  statements(view, link) {
    return [refuse(this.code, this.counters(view, link))];
  },
  alike: (view, link) => (link.kind === 'network-interface' ? routeTableOfInterface(view, link.networkInterface).routeTableId : undefined),
  judge: ({ path, routeTable }) => (path.kind === 'nowhere' ? { verdict: 'refuse', counters: [`route.${routeTable?.routeTableId}`] } : accept),
};

/** The other half of `SourceDestCheck`: an interface takes what is addressed to it. */
const destinationCheck: Gate = {
  name: 'destination-check',
  code: 7,
  counters: (view, link) => (link.kind === 'network-interface' ? [`destination-check.${view.vpc.vpcId}`] : []),
  lookups: (_view, links) => [
    {
      kind: 'set',
      name: 'ingress.owners',
      specification: ['type ifname . ipv4_addr'],
      elements: interfacesOf(links, true).map(({ name, networkInterface }) => `"${name}" . ${networkInterface.privateIpAddress}`),
    },
  ],
  statements(view, link) {
    if (link.kind !== 'network-interface' || !link.networkInterface.sourceDestCheck) return [];
    return [`oifname . ip daddr != @ingress.owners ${refuse(this.code, this.counters(view, link))}`];
  },
  alike: (_view, link) => (link.kind === 'network-interface' ? String(link.networkInterface.sourceDestCheck) : 'none'),
  judge({ view, packet, path }) {
    if (path.kind !== 'network-interface' || !path.receiver.sourceDestCheck) return next;
    const passes = packet.destination === mustParseAddress(path.receiver.privateIpAddress);
    return judged(passes, [`destination-check.${view.vpc.vpcId}`]);
  },
};

/** A gateway endpoint serves HTTP and HTTPS at the addresses of its prefix list. */
export const endpointPorts: readonly number[] = [80, 443];

const endpoint: Gate = {
  name: 'endpoint',
  code: 8,
  counters: (_view, link) => (link.kind === 'gateway-endpoint' ? [`endpoint.${link.id}`] : []),
  statements(view, link) {
    if (link.kind !== 'gateway-endpoint') return [];
    const served = `ip daddr @${prefixSet(link.endpoint.prefixListId)} tcp dport { ${endpointPorts.join(', ')} } accept`;
    return [tracked, served, refuse(this.code, this.counters(view, link))];
  },
  alike: (_view, link) => (link.kind === 'gateway-endpoint' ? undefined : 'none'),
  judge({ view, path, packet }) {
    if (path.kind !== 'gateway-endpoint') return next;
    const own = (view.prefixesOf.get(path.endpoint.prefixListId) ?? []).some((cidr) => cidrContains(cidr, packet.destination));
    const served = own && packet.protocol === protocolNumbers.tcp && endpointPorts.includes(packet.destinationPort ?? -1);
    return served ? accept : { verdict: 'refuse', counters: [`endpoint.${path.endpoint.vpcEndpointId}`] };
  },
};

const ingressGroups: Gate = {
  name: 'ingress-groups',
  code: 9,
  counters: (view, link) =>
    link.kind === 'network-interface' && natGatewayOf(view, link) === undefined ? groupCounters('ingress', link.networkInterface) : [],
  statements(view, link) {
    return link.kind === 'network-interface' && natGatewayOf(view, link) === undefined
      ? groupStatements(view, this.code, 'ingress', link.networkInterface)
      : [];
  },
  alike: (_view, link) => (link.kind === 'network-interface' ? alikeByGroups(link.networkInterface) : 'none'),
  judge: (journey) => (journey.path.kind === 'network-interface' ? judgeGroups(journey, 'ingress', journey.path.receiver) : next),
};

/**
 * Network ACLs have stages of their own: they judge replies too, so what connection tracking lets pass for groups does not
 * pass here by that.
 */
export const stages: readonly Stage[] = [
  // Before connection tracking (-200), so that a forged packet touches no flow.
  { name: 'source', hook: 'prerouting', priority: 'raw', side: 'sender', gates: [antiSpoofing] },
  { name: 'egress', hook: 'prerouting', priority: 'mangle', side: 'sender', gates: [tunnelGate, resolver, egressGroups] },
  { name: 'egress-acl', hook: 'prerouting', priority: 'mangle + 10', side: 'sender', gates: [egressAcl] },
  { name: 'route', hook: 'prerouting', priority: 'mangle + 20', side: 'sender', gates: [destination, route] },
  { name: 'ingress-acl', hook: 'forward', priority: 'filter', side: 'receiver', gates: [ingressAcl] },
  {
    name: 'ingress',
    hook: 'forward',
    priority: 'filter + 10',
    side: 'receiver',
    gates: [destinationCheck, endpoint, internetGatewayGate, natGatewayGate, ingressGroups],
  },
];

const gateNames = new Map<number, GateName>(
  [unknownInterface, routerGate, edgeGate, ...stages.flatMap((stage) => stage.gates)].map((gate) => [gate.code, gate.name]),
);
