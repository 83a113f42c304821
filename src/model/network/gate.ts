import { assert, present } from '../../stdx/assert.ts';
import type { Allowance, Packet } from './groups.ts';
import type { NftMap, NftSet } from './plan.ts';
import type { Path } from './routes.ts';
import type { VpcView } from './view.ts';
import type { GatewayEndpoint, InternetGateway, NetworkInterface, RouteTable } from './world.ts';

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
  | 'tunnel'
  | 'resolver'
  | 'egress-groups'
  | 'egress-acl'
  | 'destination'
  | 'route'
  | 'destination-check'
  | 'endpoint'
  | 'internet-gateway'
  | 'nat-gateway'
  | 'edge'
  | 'ingress-acl'
  | 'ingress-groups'
  | 'router';

/** An end of a veth pair in the router, and whose it is. */
export type Link =
  | { readonly kind: 'network-interface'; readonly name: string; readonly id: string; readonly networkInterface: NetworkInterface }
  | { readonly kind: 'gateway-endpoint'; readonly name: string; readonly id: string; readonly endpoint: GatewayEndpoint }
  | { readonly kind: 'internet-gateway'; readonly name: string; readonly id: string; readonly internetGateway: InternetGateway };

/** For the gates of the sender's side. */
export const senderOf = ({ sender }: Journey): NetworkInterface => present(sender, 'a packet that gates of the sender judge has one');

/** One packet on its way from an interface, with the routing decision taken. */
export interface Journey {
  readonly view: VpcView;
  /** Undefined: it comes through the internet gateway, and only the receiver's gates judge it. */
  readonly sender: NetworkInterface | undefined;
  readonly routeTable: RouteTable | undefined;
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

/** In the key of a dropped packet: the gate's code above, `dropNotes`, the interface's number below. */
export const codeShift = 27;
export const noteShift = 22;
/** What the key says of the packet itself. `tracked`: it belongs to a flow that connection tracking had already. */
export const dropNotes = { fin: 1, syn: 2, rst: 4, synAck: 8, tracked: 16 } as const;

/** Counts the packet, notes it under the gate's code, and drops it. */
export function refuse(code: number, counters: readonly string[]): string {
  return [counted(counters), `meta mark set ${dropMark(code, 0)}`, 'goto refuse'].filter((part) => part !== '').join(' ');
}

export const counted = (counters: readonly string[]): string => counters.map((counter) => `counter name "${counter}"`).join(' ');

/** The key of a dropped packet: the gate's code, and the number of an interface that its addresses do not tell. */
export function dropMark(code: number, number: number): string {
  assert(number < 2 ** noteShift, 'an interface number fits into the key of a dropped packet');
  return `0x${(code * 2 ** codeShift + number).toString(16)}`;
}

/** A flow that passed once passes on, rules or no rules, and so do its replies. */
export const tracked = 'ct state established,related accept';

export const next: Judgement = { verdict: 'next' };
export const accept: Judgement = { verdict: 'accept' };
export const judged = (passes: boolean, counters: readonly string[]): Judgement => (passes ? next : { verdict: 'refuse', counters });

/** Of the links of interfaces; with `sourceDestCheck`, of those that have it so. */
export const interfacesOf = (links: readonly Link[], sourceDestCheck?: boolean): { name: string; networkInterface: NetworkInterface }[] =>
  links.flatMap((link) =>
    link.kind === 'network-interface' && (sourceDestCheck ?? link.networkInterface.sourceDestCheck) === link.networkInterface.sourceDestCheck
      ? [link]
      : [],
  );

/** The set of the resolver's addresses. */
export const resolverSet = 'resolver';
