import { type Address, type Cidr, cidrContains, formatCidr } from './addresses.ts';
import { mustParseCidr, type VpcView } from './view.ts';
import type { RulePeer, RuleProtocol, SecurityGroupRule } from './world.ts';

/** The parts of a packet that gates look at. `protocol` is the IP protocol number. */
export interface Packet {
  readonly protocol: number;
  readonly source: Address;
  readonly destination: Address;
  readonly sourcePort?: number;
  /** TCP and UDP. */
  readonly destinationPort?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
}

export type Direction = SecurityGroupRule['direction'];

export const protocolNumbers = { icmp: 1, tcp: 6, udp: 17 } as const;

/**
 * One security group rule in the form that both the kernel's rule and the trace are made from. Absent members match
 * everything.
 */
export interface Allowance {
  readonly groupId: string;
  readonly securityGroupRuleId: string;
  readonly protocol?: number;
  readonly ports?: readonly [number, number];
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly peer?: Peer;
}
type Peer =
  | { readonly kind: 'block'; readonly cidr: Cidr }
  | { readonly kind: 'group'; readonly groupId: string }
  | { readonly kind: 'prefix-list'; readonly prefixListId: string };

export function allowancesOf(view: VpcView, groupId: string, direction: Direction): Allowance[] {
  const rules = view.groups.get(groupId)?.rules ?? [];
  return rules
    .filter((rule) => rule.direction === direction)
    .flatMap((rule): Allowance[] => {
      const peer = peerOf(view, rule.peer);
      if (peer === 'nobody') return [];
      const { securityGroupRuleId } = rule;
      return [{ groupId, securityGroupRuleId, ...trafficOf(rule), ...(peer === 'anybody' ? {} : { peer }) }];
    });
}

function peerOf(view: VpcView, peer: RulePeer): Peer | 'anybody' | 'nobody' {
  if ('cidrBlock' in peer) {
    const cidr = mustParseCidr(peer.cidrBlock);
    return cidr.prefixLength === 0 ? 'anybody' : { kind: 'block', cidr };
  }
  if ('groupId' in peer) return view.groups.has(peer.groupId) ? { kind: 'group', groupId: peer.groupId } : 'nobody';
  if ('prefixListId' in peer) {
    return (view.prefixesOf.get(peer.prefixListId) ?? []).length > 0 ? { kind: 'prefix-list', prefixListId: peer.prefixListId } : 'nobody';
  }
  return 'nobody';
}

/** The traffic that a rule of a group, or an entry of an ACL, speaks of. */
export function trafficOf(
  rule: Pick<SecurityGroupRule, 'protocol' | 'fromPort' | 'toPort'>,
): Pick<Allowance, 'protocol' | 'ports' | 'icmpType' | 'icmpCode'> {
  const protocol = protocolNumber(rule.protocol);
  if (protocol === undefined) return {};
  const from = rule.fromPort ?? -1;
  const to = rule.toPort ?? -1;
  if (rule.protocol === 'icmp') {
    return { protocol, ...(from === -1 ? {} : { icmpType: from }), ...(from === -1 || to === -1 ? {} : { icmpCode: to }) };
  }
  const hasPorts = (rule.protocol === 'tcp' || rule.protocol === 'udp') && from !== -1;
  return hasPorts && !(from === 0 && to === 65_535) ? { protocol, ports: [from, to] } : { protocol };
}

function protocolNumber(protocol: RuleProtocol): number | undefined {
  if (protocol === 'all') return undefined;
  return typeof protocol === 'number' ? protocol : protocolNumbers[protocol];
}

/** Whether the packet is what the rule speaks of; `peer` is the address at the other side. */
export function allows(view: VpcView, allowance: Omit<Allowance, 'groupId' | 'securityGroupRuleId'>, packet: Packet, peer: Address): boolean {
  if (allowance.protocol !== undefined && allowance.protocol !== packet.protocol) return false;
  if (allowance.ports !== undefined) {
    const port = packet.destinationPort;
    if (port === undefined || port < allowance.ports[0] || port > allowance.ports[1]) return false;
  }
  if (allowance.icmpType !== undefined && allowance.icmpType !== packet.icmpType) return false;
  if (allowance.icmpCode !== undefined && allowance.icmpCode !== packet.icmpCode) return false;
  return allowance.peer === undefined || isPeer(view, allowance.peer, peer);
}

function isPeer(view: VpcView, peer: Peer, address: Address): boolean {
  switch (peer.kind) {
    case 'block':
      return cidrContains(peer.cidr, address);
    case 'group':
      return (view.membersOf.get(peer.groupId) ?? []).includes(address);
    case 'prefix-list':
      return (view.prefixesOf.get(peer.prefixListId) ?? []).some((cidr) => cidrContains(cidr, address));
  }
}

export const groupSet = (groupId: string): string => `group.${groupId}`;
export const prefixSet = (prefixListId: string): string => `prefixes.${prefixListId}`;
export const groupChain = (direction: Direction, groupId: string): string => `${direction}.${groupId}`;

/** The same rule as an nft statement. */
export function allowanceStatement(allowance: Allowance, direction: Direction): string {
  return [...matchStatement(allowance, direction), `accept comment "${allowance.securityGroupRuleId}"`].join(' ');
}

/** The part of an nft statement that matches the peer, the protocol and the ports. */
export function matchStatement({ peer, ...traffic }: Omit<Allowance, 'groupId' | 'securityGroupRuleId'>, direction: Direction): string[] {
  const parts: string[] = [];
  const field = direction === 'egress' ? 'ip daddr' : 'ip saddr';
  if (peer?.kind === 'block') parts.push(`${field} ${formatCidr(peer.cidr)}`);
  if (peer?.kind === 'group') parts.push(`${field} @${groupSet(peer.groupId)}`);
  if (peer?.kind === 'prefix-list') parts.push(`${field} @${prefixSet(peer.prefixListId)}`);
  return [...parts, ...trafficMatch(traffic)];
}

/** The part of an nft statement that matches protocol and ports. */
export function trafficMatch({ protocol, ports, icmpType, icmpCode }: Pick<Allowance, 'protocol' | 'ports' | 'icmpType' | 'icmpCode'>): string[] {
  if (ports !== undefined) return [`${protocol === protocolNumbers.tcp ? 'tcp' : 'udp'} dport ${ports[0] === ports[1] ? ports[0] : ports.join('-')}`];
  if (icmpType === undefined) return protocol === undefined ? [] : [`ip protocol ${protocol}`];
  return [`icmp type ${icmpType}`, ...(icmpCode === undefined ? [] : [`icmp code ${icmpCode}`])];
}

/** Groups that rules of the interfaces' groups name as peers, and prefix lists likewise: the sets the kernel needs. */
export function peersOf(view: VpcView, groupIds: Iterable<string>): { groupIds: string[]; prefixListIds: string[] } {
  const peers = [...groupIds].flatMap((groupId) =>
    (['egress', 'ingress'] as const).flatMap((direction) => allowancesOf(view, groupId, direction).flatMap((allowance) => allowance.peer ?? [])),
  );
  const named = new Set(peers.flatMap((peer) => (peer.kind === 'group' ? [peer.groupId] : [])));
  const lists = new Set(peers.flatMap((peer) => (peer.kind === 'prefix-list' ? [peer.prefixListId] : [])));
  return { groupIds: [...named].sort(), prefixListIds: [...lists].sort() };
}
