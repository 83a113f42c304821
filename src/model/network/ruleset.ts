import { createHash } from 'node:crypto';
import { formatAddress, formatCidr } from './addresses.ts';
import { type Gate, type Link, refuse, routerGate, type Stage, stages, unknownInterface } from './gates.ts';
import { allowancesOf, allowanceStatement, type Direction, groupChain, groupSet, peersOf, prefixSet } from './groups.ts';
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
const dropTimeout = '1h';

/** One complete ruleset for the router. Every base chain drops what no rule of it accepts. */
export function compileRuleset(view: VpcView, links: readonly Link[], allStages = stages): Ruleset {
  return {
    table: nftTable,
    objects: [
      ...countersOf(view, links).map((name): NftObject => ({ kind: 'counter', name })),
      ...dropSetsOf(),
      ...sets(view, links),
      refuseChain,
      ...groupChains(view, links),
      ...allStages.flatMap((stage) => stageObjects(view, stage, links)),
      ...routerChains(view),
    ],
    otherFamilies,
  };
}

function countersOf(view: VpcView, links: readonly Link[]): string[] {
  const used = stages.flatMap((stage) => stage.gates.flatMap((gate) => links.flatMap((link) => gate.counters(view, link))));
  return [...new Set([unknownInterface.counter, routerGate.counter, ...used])].sort();
}

function dropSetsOf(): NftSet[] {
  const specification = (type: string): string[] => [`type ${type}`, `size ${dropEntriesMax}`, 'flags dynamic,timeout', `timeout ${dropTimeout}`];
  const set = (name: string, type: string): NftSet => ({ kind: 'set', name, specification: specification(type), elements: [], lasting: true });
  const ports = 'mark . ipv4_addr . ipv4_addr . inet_service . inet_service';
  return [set(dropSets.tcp, ports), set(dropSets.udp, ports), set(dropSets.other, 'mark . ipv4_addr . ipv4_addr . inet_proto')];
}

/** Whether a set has room does not matter to the packet: it is dropped. */
const refuseChain: NftChain = {
  kind: 'chain',
  name: 'refuse',
  statements: [
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
    blockSet('vpc', view.blocks.map(formatCidr)),
    blockSet('unroutable', unroutableBlocks.map(formatCidr)),
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
 * A base chain that sends each link's packets to the gates for that link. A link without an entry passes nothing. Gates
 * that are the link's own stand in a chain of its own, the others in a chain that all links with the same ones share.
 */
function stageObjects(view: VpcView, stage: Stage, links: readonly Link[]): NftObject[] {
  const shared = new SharedChains(view, stage);
  const own: NftChain[] = [];
  const elements = links.map((link): readonly [string, string] => {
    const firstAlike = stage.gates.findLastIndex((gate) => gate.alike(view, link) === undefined) + 1;
    const target = shared.chainOf(link, stage.gates.slice(firstAlike));
    if (firstAlike === 0) return [`"${link.name}"`, `goto ${target}`];
    const alone = stage.gates.slice(0, firstAlike).flatMap((gate) => gate.statements(view, link));
    const name = `${stage.name}.${link.name}`;
    own.push(chain(name, target === undefined ? alone : [...alone, `goto ${target}`]));
    return [`"${link.name}"`, `goto ${name}`];
  });
  const interfaceName = stage.side === 'sender' ? 'iifname' : 'oifname';
  const hook = `type filter hook ${stage.hook} priority ${stage.priority}; policy drop;`;
  return [
    ...shared.chains.values(),
    ...own,
    { kind: 'map', name: `${stage.name}.links`, specification: ['type ifname : verdict'], elements },
    chain(stage.name, [`${interfaceName} vmap @${stage.name}.links`, refuse(unknownInterface.code, [unknownInterface.counter])], hook),
  ];
}

/** Chains by what they hold. The name is a digest of it: such a chain never changes, other gates are another chain. */
class SharedChains {
  readonly chains = new Map<string, NftChain>();
  readonly #view: VpcView;
  readonly #stage: Stage;
  readonly #names = new Map<string, string | undefined>();

  constructor(view: VpcView, stage: Stage) {
    this.#view = view;
    this.#stage = stage;
  }

  /** The chain of these gates for a link; undefined when they have nothing to say. */
  chainOf(link: Link, gates: readonly Gate[]): string | undefined {
    const key = gates.map((gate) => `${gate.name} ${gate.alike(this.#view, link)}`).join(', ');
    if (!this.#names.has(key)) this.#names.set(key, this.#make(gates.flatMap((gate) => gate.statements(this.#view, link))));
    return this.#names.get(key);
  }

  #make(statements: readonly string[]): string | undefined {
    if (statements.length === 0) return undefined;
    const name = `${this.#stage.name}.${digest(statements.join('\n'))}`;
    this.chains.set(name, chain(name, statements));
    return name;
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
const otherFamilies = `table ip6 ${nftTable} {
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
