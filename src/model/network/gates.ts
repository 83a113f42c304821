import { assert, present } from '../../stdx/assert.ts';
import { aclCounter, aclOfInterface, aclStatements, isOpen, judgeByAcl, subnetLinksSet } from './acls.ts';
import { cidrContains } from './addresses.ts';
import { type Allowance, allowancesOf, allows, type Direction, groupChain, type Packet, prefixSet, protocolNumbers, trafficMatch } from './groups.ts';
import { linkEndpointMac } from './reserved.ts';
import type { NftMap, NftSet } from './plan.ts';
import type { Path } from './routes.ts';
import { mustParseAddress, mustParseCidr, routeTableOfInterface, type VpcView } from './view.ts';
import type { GatewayEndpoint, NetworkAcl, NetworkInterface, RouteTable, Subnet } from './world.ts';

/**
 * The gates on a packet's path, in order. Each says the same thing twice, side by side: `statements` for the kernel and
 * `judge` for the trace. `compile` and `trace` both walk `stages`, so a gate cannot be enforced and not explained.
 */
export interface Gate {
  readonly name: GateName;
  /** In the key of the dropped-packet sets, and so never given another meaning. */
  readonly code: number;
  /** Every counter that its statements on this link use. */
  counters(view: VpcView, link: Link): readonly string[];
  /** Where its statements look up what is each link's own. */
  lookups?(view: VpcView, links: readonly Link[]): readonly (NftSet | NftMap)[];
  /** The nft statements for packets of this link, in order. Falling off the end is the next gate of the stage. */
  statements(view: VpcView, link: Link): readonly string[];
  /**
   * What the statements depend on besides the VPC: links of which this says the same have the same ones, written once. A VPC
   * has many links and few kinds of them. Undefined: they are the link's own.
   */
  alike(view: VpcView, link: Link): string | undefined;
  /** What those statements do with the first packet of a flow, or with its reply. */
  judge(journey: Journey): Judgement;
}

export type GateName =
  | 'unknown-interface'
  | 'anti-spoofing'
  | 'resolver'
  | 'egress-groups'
  | 'egress-acl'
  | 'destination'
  | 'route'
  | 'destination-check'
  | 'endpoint'
  | 'ingress-acl'
  | 'ingress-groups'
  | 'router';

/** An end of a veth pair in the router, and whose it is. */
export type Link =
  | { readonly kind: 'network-interface'; readonly name: string; readonly id: string; readonly networkInterface: NetworkInterface }
  | { readonly kind: 'gateway-endpoint'; readonly name: string; readonly id: string; readonly endpoint: GatewayEndpoint };

/** One packet on its way from an interface, with the routing decision taken. */
export interface Journey {
  readonly view: VpcView;
  readonly sender: NetworkInterface;
  readonly routeTable: RouteTable;
  readonly packet: Packet;
  readonly path: Path;
  /** It answers a packet that passed. */
  readonly reply: boolean;
}

/** `next`: the gate has nothing against it. `accept`: the rest of the stage is skipped. */
export type Judgement =
  | { readonly verdict: 'next' }
  | { readonly verdict: 'accept'; readonly allowance?: Allowance; readonly entry?: DecidingEntry }
  | { readonly verdict: 'refuse'; readonly counters: readonly string[]; readonly entry?: DecidingEntry };

/** Of a network ACL: the number of the entry that decides, or `*`. */
export interface DecidingEntry {
  readonly networkAclId: string;
  readonly rule: number | '*';
}

/** Gates of one hook and priority, in one base chain. What one stage accepts the next stage still judges. */
export interface Stage {
  readonly name: 'source' | 'egress' | 'egress-acl' | 'route' | 'ingress-acl' | 'ingress';
  readonly hook: 'prerouting' | 'forward';
  readonly priority: string;
  /** Whose link the packet is judged by. */
  readonly side: 'sender' | 'receiver';
  readonly gates: readonly Gate[];
}

const codeShift = 28;
/** Gates outside the stages: what no interface, and what no gate, let pass. */
export const unknownInterface = { name: 'unknown-interface', code: 1, counter: 'unknown-interface' } as const;
export const routerGate = { name: 'router', code: 10, counter: 'router' } as const;

/** Counts the packet, notes it under the gate's code, and drops it. */
export function refuse(code: number, counters: readonly string[]): string {
  return [counted(counters), `meta mark set ${dropMark(code, 0)}`, 'goto refuse'].filter((part) => part !== '').join(' ');
}

const counted = (counters: readonly string[]): string => counters.map((counter) => `counter name "${counter}"`).join(' ');

/** The key of a dropped packet: the gate's code, and the number of an interface that its addresses do not tell. */
function dropMark(code: number, number: number): string {
  assert(number < 2 ** codeShift, 'an interface number fits into the key of a dropped packet');
  return `0x${(code * 2 ** codeShift + number).toString(16)}`;
}

/** The reverse of `dropMark`. */
export function readDropMark(mark: number): { gate: GateName | undefined; number: number } {
  const code = Math.floor(mark / 2 ** codeShift);
  return { gate: gateNames.get(code), number: mark % 2 ** codeShift };
}

/** Routing tables of the router: one for the VPC's own addresses, one per route table. */
export const localTable = 20;
export const tableNumber = (table: RouteTable): number => 1000 + table.number;

const next: Judgement = { verdict: 'next' };
const accept: Judgement = { verdict: 'accept' };
const judged = (passes: boolean, counters: readonly string[]): Judgement => (passes ? next : { verdict: 'refuse', counters });

const interfacesOf = (links: readonly Link[], sourceDestCheck?: boolean): { name: string; networkInterface: NetworkInterface }[] =>
  links.flatMap((link) =>
    link.kind === 'network-interface' && (sourceDestCheck ?? link.networkInterface.sourceDestCheck) === link.networkInterface.sourceDestCheck
      ? [link]
      : [],
  );
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
    const own = link.networkInterface.sourceDestCheck
      ? 'meta mark set iifname . ether saddr . ip saddr map @source.owners accept'
      : 'meta mark set iifname . ether saddr map @source.forwarders accept';
    return [own, `meta mark set iifname map @source.numbers ${counted(counters)} goto refuse`, refuse(this.code, counters)];
  },
  alike: (_view, link) => (link.kind === 'network-interface' ? String(link.networkInterface.sourceDestCheck) : undefined),
  judge({ view, sender, packet }) {
    const passes = !sender.sourceDestCheck || packet.source === mustParseAddress(sender.privateIpAddress);
    return passes ? accept : { verdict: 'refuse', counters: [`spoof.${view.vpc.vpcId}`] };
  },
};

const resolverSet = 'resolver';

/**
 * The VPC's resolver is beyond groups and route tables, as on AWS
 * (https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html), and answers names and nothing else.
 */
const resolver: Gate = {
  name: 'resolver',
  code: 3,
  counters: (view) => [`resolver.${view.vpc.vpcId}`],
  statements(view, link) {
    if (link.kind === 'gateway-endpoint') return [];
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

/** A flow that passed once passes on, rules or no rules, and so do its replies. */
const tracked = 'ct state established,related accept';

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
  counters: (_view, link) => (link.kind === 'network-interface' ? groupCounters('egress', link.networkInterface) : [`endpoint.${link.id}`]),
  statements(view, link) {
    if (link.kind === 'network-interface') return groupStatements(view, this.code, 'egress', link.networkInterface);
    // An endpoint answers; it never asks.
    return [tracked, refuse(endpoint.code, this.counters(view, link))];
  },
  alike: (_view, link) => (link.kind === 'network-interface' ? alikeByGroups(link.networkInterface) : undefined),
  judge: (journey) => judgeGroups(journey, 'egress', journey.sender),
};

/** What stays in its subnet meets no ACL. An address of the subnet is always in it: no route takes it elsewhere. */
const egressAcl: Gate = {
  name: 'egress-acl',
  code: 11,
  counters: (view, link) => aclCounters(view, 'egress', link),
  statements(view, link) {
    if (link.kind === 'gateway-endpoint' || isOpen(aclOfInterface(view, link.networkInterface), 'egress')) return ['accept'];
    const acl = aclOfInterface(view, link.networkInterface);
    const within = subnetOf(view, link.networkInterface).cidrBlock;
    return [
      `ip daddr @${resolverSet} accept`,
      `ip daddr ${within} accept`,
      ...aclStatements(acl, 'egress', refuse(this.code, this.counters(view, link))),
    ];
  },
  alike: (view, link) => alikeByAcl(view, 'egress', link),
  judge({ view, sender, packet, path }) {
    const within = mustParseCidr(subnetOf(view, sender).cidrBlock);
    if (path.kind === 'resolver' || cidrContains(within, packet.destination)) return next;
    return judgedByAcl(view, aclOfInterface(view, sender), 'egress', packet);
  },
};

const ingressAcl: Gate = {
  name: 'ingress-acl',
  code: 12,
  counters: (view, link) => aclCounters(view, 'ingress', link),
  lookups(view, links) {
    const subnetIds = [...new Set(interfacesOf(links).map(({ networkInterface }) => networkInterface.subnetId))].sort();
    return subnetIds
      .filter((subnetId) => !isOpen(view.aclOf(subnetId), 'ingress'))
      .map((subnetId) => {
        const own = interfacesOf(links).filter(({ networkInterface }) => networkInterface.subnetId === subnetId);
        return { kind: 'set', name: subnetLinksSet(subnetId), specification: ['type ifname'], elements: own.map(({ name }) => `"${name}"`) } as const;
      });
  },
  statements(view, link) {
    if (link.kind === 'gateway-endpoint' || isOpen(aclOfInterface(view, link.networkInterface), 'ingress')) return ['accept'];
    const { networkInterface } = link;
    const acl = aclOfInterface(view, networkInterface);
    return [
      `iifname @${subnetLinksSet(networkInterface.subnetId)} accept`,
      ...aclStatements(acl, 'ingress', refuse(this.code, this.counters(view, link))),
    ];
  },
  alike: (view, link) => alikeByAcl(view, 'ingress', link),
  judge({ view, sender, packet, path }) {
    if (path.kind !== 'network-interface' || path.receiver.subnetId === sender.subnetId) return next;
    return judgedByAcl(view, aclOfInterface(view, path.receiver), 'ingress', packet);
  },
};

const subnetOf = (view: VpcView, { subnetId }: NetworkInterface): Subnet =>
  present(view.subnets.get(subnetId), `${subnetId} is in ${view.vpc.vpcId}`);

function aclCounters(view: VpcView, direction: Direction, link: Link): string[] {
  return link.kind === 'network-interface' ? [aclCounter(direction, aclOfInterface(view, link.networkInterface))] : [];
}

function alikeByAcl(view: VpcView, direction: Direction, link: Link): string {
  if (link.kind === 'gateway-endpoint' || isOpen(aclOfInterface(view, link.networkInterface), direction)) return 'open';
  return link.networkInterface.subnetId;
}

/** Also of the answer of an endpoint, which comes from no interface. */
export function judgedByAcl(view: VpcView, acl: NetworkAcl, direction: Direction, packet: Packet): Judgement {
  const { allowed, rule } = judgeByAcl(view, acl, direction, packet);
  const entry = { networkAclId: acl.networkAclId, rule };
  return allowed ? { verdict: 'accept', entry } : { verdict: 'refuse', counters: [aclCounter(direction, acl)], entry };
}

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
    return [`route.${routeTableOfInterface(view, link.networkInterface).routeTableId}`];
  },
  statements(view, link) {
    return [refuse(this.code, this.counters(view, link))];
  },
  alike: (view, link) => (link.kind === 'network-interface' ? routeTableOfInterface(view, link.networkInterface).routeTableId : undefined),
  judge: ({ path, routeTable }) => (path.kind === 'nowhere' ? { verdict: 'refuse', counters: [`route.${routeTable.routeTableId}`] } : accept),
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
    if (link.kind === 'gateway-endpoint' || !link.networkInterface.sourceDestCheck) return [];
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
    if (link.kind === 'network-interface') return [];
    const served = `ip daddr @${prefixSet(link.endpoint.prefixListId)} tcp dport { ${endpointPorts.join(', ')} } accept`;
    return [tracked, served, refuse(this.code, this.counters(view, link))];
  },
  alike: (_view, link) => (link.kind === 'network-interface' ? 'none' : undefined),
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
  counters: (_view, link) => (link.kind === 'network-interface' ? groupCounters('ingress', link.networkInterface) : []),
  statements(view, link) {
    return link.kind === 'network-interface' ? groupStatements(view, this.code, 'ingress', link.networkInterface) : [];
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
  { name: 'egress', hook: 'prerouting', priority: 'mangle', side: 'sender', gates: [resolver, egressGroups] },
  { name: 'egress-acl', hook: 'prerouting', priority: 'mangle + 10', side: 'sender', gates: [egressAcl] },
  { name: 'route', hook: 'prerouting', priority: 'mangle + 20', side: 'sender', gates: [destination, route] },
  { name: 'ingress-acl', hook: 'forward', priority: 'filter', side: 'receiver', gates: [ingressAcl] },
  { name: 'ingress', hook: 'forward', priority: 'filter + 10', side: 'receiver', gates: [destinationCheck, endpoint, ingressGroups] },
];

const gateNames = new Map<number, GateName>(
  [unknownInterface, routerGate, ...stages.flatMap((stage) => stage.gates)].map((gate) => [gate.code, gate.name]),
);
