import { formatAddress, formatCidr } from './addresses.ts';
import { type Link, refuse, routerGate, type Stage, stages, unknownInterface } from './gates.ts';
import { allowancesOf, allowanceStatement, type Direction, groupChain, groupSet, peersOf, prefixSet } from './groups.ts';
import type { NftObject, Ruleset } from './plan.ts';
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
export function compileRuleset(view: VpcView, links: readonly Link[]): Ruleset {
  const blocks = [
    ...countersOf(view, links).map((counter) => `  counter ${counter} { }`),
    ...lastingSets(),
    ...sets(view, links),
    refuseChain,
    ...groupChains(view, links),
    ...stages.map((stage) => stageChains(view, stage, links)),
    routerChains(view),
  ];
  const body = blocks.join('\n');
  return {
    table: nftTable,
    text: [`table ip ${nftTable} {`, body, '}', otherFamilies].join('\n'),
    objects: objectsIn(body),
    baseChains: [...stages.map((stage) => stage.name), 'input', 'output'],
    lastingSets: Object.values(dropSets),
  };
}

function objectsIn(text: string): NftObject[] {
  const named = text.matchAll(/^ {2}(?<kind>chain|set|map|counter) (?<name>\S+) \{/gm);
  return Array.from(named, ({ groups }) => ({ kind: groups?.['kind'] as NftObject['kind'], name: groups?.['name'] ?? '' }));
}

function countersOf(view: VpcView, links: readonly Link[]): string[] {
  const used = stages.flatMap((stage) => stage.gates.flatMap((gate) => links.flatMap((link) => gate.counters(view, link))));
  return [...new Set([unknownInterface.counter, routerGate.counter, ...used])].sort();
}

function lastingSets(): string[] {
  const set = (name: string, type: string): string =>
    `  set ${name} {\n    type ${type}\n    size ${dropEntriesMax}\n    flags dynamic,timeout\n    timeout ${dropTimeout}\n  }`;
  const ports = 'mark . ipv4_addr . ipv4_addr . inet_service . inet_service';
  return [set(dropSets.tcp, ports), set(dropSets.udp, ports), set(dropSets.other, 'mark . ipv4_addr . ipv4_addr . inet_proto')];
}

/** Whether a set has room does not matter to the packet: it is dropped. */
const refuseChain = `  chain refuse {
    update @${dropSets.tcp} { meta mark . ip saddr . ip daddr . tcp sport . tcp dport counter } drop
    update @${dropSets.udp} { meta mark . ip saddr . ip daddr . udp sport . udp dport counter } drop
    update @${dropSets.other} { meta mark . ip saddr . ip daddr . ip protocol counter } drop
    drop
  }`;

function sets(view: VpcView, links: readonly Link[]): string[] {
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

const elements = (values: readonly string[]): string => (values.length === 0 ? '' : `\n    elements = { ${values.join(', ')} }`);
const addressSet = (name: string, addresses: readonly string[]): string => `  set ${name} {\n    type ipv4_addr${elements(addresses)}\n  }`;
const blockSet = (name: string, blocks: readonly string[]): string =>
  `  set ${name} {\n    type ipv4_addr\n    flags interval\n    auto-merge${elements(blocks)}\n  }`;

const groupIdsOf = (links: readonly Link[]): string[] =>
  [...new Set(links.flatMap((link) => (link.kind === 'network-interface' ? link.networkInterface.groupIds : [])))].sort();

/** A chain per group and direction, shared by the group's interfaces. */
function groupChains(view: VpcView, links: readonly Link[]): string[] {
  return groupIdsOf(links).flatMap((groupId) =>
    (['egress', 'ingress'] as const).map((direction: Direction) => {
      const statements = allowancesOf(view, groupId, direction).map((allowance) => allowanceStatement(allowance, direction));
      return chain(groupChain(direction, groupId), statements);
    }),
  );
}

const chain = (name: string, statements: readonly string[]): string =>
  `  chain ${name} {\n${statements.map((statement) => `    ${statement}\n`).join('')}  }`;

/**
 * A base chain that sends each link's packets to the gates for that link. Links with the same gates share a chain,
 * named after the first. A link without an entry passes nothing.
 */
function stageChains(view: VpcView, stage: Stage, links: readonly Link[]): string {
  const chainNames = new Map<string, string>();
  const entries = links.map((link) => {
    const body = stage.gates.flatMap((gate) => gate.statements(view, link)).join('\n');
    const name = chainNames.get(body) ?? `${stage.name}.${link.name}`;
    chainNames.set(body, name);
    return `"${link.name}" : goto ${name}`;
  });
  const name = stage.side === 'sender' ? 'iifname' : 'oifname';
  return [
    ...[...chainNames].map(([body, name]) => chain(name, body.split('\n'))),
    `  map ${stage.name}.links {\n    type ifname : verdict${elements(entries)}\n  }`,
    chain(stage.name, [
      `type filter hook ${stage.hook} priority ${stage.priority}; policy drop;`,
      `${name} vmap @${stage.name}.links`,
      refuse(unknownInterface.code, [unknownInterface.counter]),
    ]),
  ].join('\n');
}

/** The router itself hears names asked for, and says nothing on its own but errors about tracked packets. */
function routerChains(view: VpcView): string {
  const names = 'ip daddr @resolver meta l4proto { tcp, udp } th dport 53 accept';
  return [
    chain('input', [
      'type filter hook input priority filter; policy drop;',
      ...(view.vpc.enableDnsSupport ? [names] : []),
      refuse(routerGate.code, [routerGate.counter]),
    ]),
    chain('output', ['type filter hook output priority filter; policy drop;', 'ct state established,related accept']),
  ].join('\n');
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
