import { createHash } from 'node:crypto';
import { formatAddress, formatCidr } from './addresses.ts';
import { dropNotes, type Link, noteShift, refuse, type Stage } from './gate.ts';
import { routerGate, stages, unknownInterface } from './gates.ts';
import { allowancesOf, allowanceStatement, type Direction, groupChain, groupSet, peersOf, prefixSet } from './groups.ts';
import { natAddresses, natSet, publicAddresses, publicSet } from './internet-gates.ts';
import type { NftChain, NftObject, NftSet, Ruleset } from './plan.ts';
import { unroutableBlocks } from './routes.ts';
import type { VpcView } from './view.ts';

export const nftTable = 'cloister';

/**
 * The sets of dropped packets. nft packs the types of a set's key into 32 bits, 6 each: a key of six fields aborts
 * `nft list` and one of seven crashes `nft -f` (1.0.6). So the protocol is in the name, the gate is the mark, and the
 * interfaces are found by their addresses.
 */
export const dropSets = {
  tcp: 'drops.tcp',
  udp: 'drops.udp',
  other: 'drops.other',
} as const;
export const dropEntriesMax = 16_384;
export const dropTimeoutSeconds = 3_600;

/** One complete ruleset for the router. Every base chain drops what no rule of it accepts. */
export function compileRuleset(view: VpcView, links: readonly Link[], allStages = stages): Ruleset {
  const objects: readonly NftObject[] = [
    ...dropSetsOf(),
    ...sets(view, links),
    refuseChain,
    ...groupChains(view, links),
    ...allStages.flatMap((stage) => stageObjects(view, stage, links)),
    ...routerChains(view),
  ];
  const chains = objects.filter((object) => object.kind === 'chain');
  return {
    table: nftTable,
    objects: [...countersOf(chains), ...objects],
    otherFamilies,
  };
}

/** Every counter that a rule counts with. */
function countersOf(chains: readonly NftChain[]): NftObject[] {
  const text = chains.flatMap(({ statements }) => statements).join('\n');
  const names = new Set(Array.from(text.matchAll(/counter name "(?<name>[^"]+)"/gu), ({ groups }) => groups?.['name'] ?? ''));
  return [...names].sort().map((name) => ({ kind: 'counter', name }));
}

export function dropSetsOf(): NftSet[] {
  const specification = (type: string): string[] => [
    `type ${type}`,
    `size ${dropEntriesMax}`,
    'flags dynamic,timeout',
    `timeout ${dropTimeoutSeconds / 3_600}h`,
  ];
  const set = (name: string, type: string): NftSet => ({ kind: 'set', name, specification: specification(type), elements: [], lasting: true });
  const ports = 'mark . ipv4_addr . ipv4_addr . inet_service . inet_service';
  return [set(dropSets.tcp, ports), set(dropSets.udp, ports), set(dropSets.other, 'mark . ipv4_addr . ipv4_addr . inet_proto')];
}

const note = (name: keyof typeof dropNotes): string => `meta mark set meta mark or 0x${(dropNotes[name] * 2 ** noteShift).toString(16)}`;

/** Whether a set has room does not matter to the packet: it is dropped. */
export const refuseChain: NftChain = {
  kind: 'chain',
  name: 'refuse',
  statements: [
    `ct status confirmed ${note('tracked')}`,
    `tcp flags fin ${note('fin')}`,
    `tcp flags syn ${note('syn')}`,
    `tcp flags rst ${note('rst')}`,
    `tcp flags & (syn | ack) == syn | ack ${note('synAck')}`,
    `update @${dropSets.tcp} { meta mark . ip saddr . ip daddr . tcp sport . tcp dport counter } drop`,
    `update @${dropSets.udp} { meta mark . ip saddr . ip daddr . udp sport . udp dport counter } drop`,
    `update @${dropSets.other} { meta mark . ip saddr . ip daddr . ip protocol counter } drop`,
    'drop',
  ],
};

function sets(view: VpcView, links: readonly Link[]): NftSet[] {
  const peers = peersOf(view, groupIdsOf(links));
  const endpoints = view.gatewayEndpoints.map((endpoint) => endpoint.prefixListId);
  const prefixListIds = [...new Set([...peers.prefixListIds, ...endpoints])].sort();
  return [
    addressSet('resolver', view.resolverAddresses.map(formatAddress)),
    // They never overlap, and stay apart where they are neighbours: what is held can be compared with what is stored.
    { ...blockSet('vpc', view.blocks.map(formatCidr)), specification: ['type ipv4_addr', 'flags interval'] },
    blockSet('unroutable', unroutableBlocks.map(formatCidr)),
    ...(view.internetGateway === undefined ? [] : [addressSet(publicSet, publicAddresses(view))]),
    ...(view.natGateways.size === 0 ? [] : [addressSet(natSet, natAddresses(view))]),
    ...peers.groupIds.map((groupId) => addressSet(groupSet(groupId), (view.membersOf.get(groupId) ?? []).map(formatAddress))),
    ...prefixListIds.map((id) => blockSet(prefixSet(id), (view.prefixesOf.get(id) ?? []).map(formatCidr))),
  ];
}

const addressSet = (name: string, elements: readonly string[]): NftSet => ({ kind: 'set', name, specification: ['type ipv4_addr'], elements });
const blockSet = (name: string, elements: readonly string[]): NftSet => ({
  kind: 'set',
  name,
  specification: ['type ipv4_addr', 'flags interval', 'auto-merge'],
  elements,
});

const groupIdsOf = (links: readonly Link[]): string[] =>
  [...new Set(links.flatMap((link) => (link.kind === 'network-interface' ? link.networkInterface.groupIds : [])))].sort();

/** A chain per group and direction, shared by the group's interfaces. */
function groupChains(view: VpcView, links: readonly Link[]): NftChain[] {
  return groupIdsOf(links).flatMap((groupId) =>
    (['egress', 'ingress'] as const).map((direction: Direction) => {
      const statements = allowancesOf(view, groupId, direction).map((allowance) => allowanceStatement(allowance, direction));
      return chain(groupChain(direction, groupId), statements);
    }),
  );
}

const chain = (name: string, statements: readonly string[], hook?: string): NftChain => ({
  kind: 'chain',
  name,
  ...(hook === undefined ? {} : { hook }),
  statements,
});

/**
 * A base chain that sends each link's packets to the gates for that link. A link without an entry passes nothing. Links
 * with the same gates share a chain.
 */
function stageObjects(view: VpcView, stage: Stage, links: readonly Link[]): NftObject[] {
  const chains = new GateChains(view, stage);
  const elements = links.map((link) => [`"${link.name}"`, `goto ${chains.of(link)}`] as const);
  // Gates that let everything pass on every link are no gates: the ACLs that VPCs are born with cost no packet anything.
  if (chains.all().every(({ statements }) => statements.length === 1 && statements[0] === 'accept')) return [];
  const interfaceName = stage.side === 'sender' ? 'iifname' : 'oifname';
  const hook = `type filter hook ${stage.hook} priority ${stage.priority}; policy drop;`;
  return [
    ...stage.gates.flatMap((gate) => gate.lookups?.(view, links) ?? []),
    ...chains.all(),
    { kind: 'map', name: `${stage.name}.links`, specification: ['type ifname : verdict'], elements },
    chain(stage.name, [`${interfaceName} vmap @${stage.name}.links`, refuse(unknownInterface.code, [unknownInterface.counter])], hook),
  ];
}

/**
 * The chains of a stage. The name of one that links share is a digest of what it holds: it never changes, other gates are
 * another chain.
 */
class GateChains {
  readonly #view: VpcView;
  readonly #stage: Stage;
  readonly #names = new Map<string, string>();
  readonly #chains = new Map<string, NftChain>();

  constructor(view: VpcView, stage: Stage) {
    this.#view = view;
    this.#stage = stage;
  }

  of(link: Link): string {
    const alike = this.#stage.gates.map((gate) => gate.alike(this.#view, link));
    const isOwn = alike.includes(undefined);
    const key = isOwn ? link.name : alike.join(', ');
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const statements = this.#stage.gates.flatMap((gate) => gate.statements(this.#view, link));
    const name = `${this.#stage.name}.${isOwn ? link.name : digest(statements.join('\n'))}`;
    this.#names.set(key, name);
    this.#chains.set(name, chain(name, statements));
    return name;
  }

  all(): readonly NftChain[] {
    return [...this.#chains.values()];
  }
}

/** Twelve digits: two different chains of a VPC with the same ones would take a million of millions. */
const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** The router itself hears names asked for, and says nothing on its own but errors about tracked packets. */
function routerChains(view: VpcView): NftChain[] {
  const names = 'ip daddr @resolver meta l4proto { tcp, udp } th dport 53 accept';
  const refused = refuse(routerGate.code, [routerGate.counter]);
  return [
    chain('input', [...(view.vpc.enableDnsSupport ? [names] : []), refused], 'type filter hook input priority filter; policy drop;'),
    chain('output', ['ct state established,related accept'], 'type filter hook output priority filter; policy drop;'),
  ];
}

/** There is no IPv6, and no ARP: every neighbour is known. */
export const otherFamilies = `table ip6 ${nftTable} {
  chain prerouting {
    type filter hook prerouting priority raw; policy drop;
  }
  chain output {
    type filter hook output priority raw; policy drop;
  }
}
table arp ${nftTable} {
  chain input {
    type filter hook input priority filter; policy drop;
  }
  chain output {
    type filter hook output priority filter; policy drop;
  }
}
`;
