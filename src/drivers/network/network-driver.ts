import type { DroppedFlow } from '../../model/network/cause.ts';
import type { HeldNamespace, HeldRuleset } from '../../model/network/held.ts';
import type { EdgePlan, VpcPlan } from '../../model/network/plan.ts';

/** A thing the machine must be able to do. `fix` says what the operator can do about it. */
export interface Capability {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly fix?: string;
}

/** Who a socket or process belongs to, and so which namespace it lives in. */
export type NamespaceOwner =
  | { readonly kind: 'vpc'; readonly number: number }
  | { readonly kind: 'network-interface'; readonly number: number }
  | { readonly kind: 'gateway-endpoint'; readonly number: number }
  | { readonly kind: 'internet-gateway'; readonly number: number }
  | typeof edgeOwner;

/** The internet is one namespace. */
export const edgeOwner = { kind: 'edge', number: 1 } as const;

export interface Counter {
  readonly name: string;
  readonly packets: number;
  readonly bytes: number;
}

/** One flow of dropped packets, as the kernel counts it. */
export interface Drop extends DroppedFlow {
  readonly sourcePort?: number;
}

/** One packet of a probe; an echo request when it is ICMP. */
export interface ProbePacket {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** Dotted quad. */
  readonly to: string;
  /** TCP and UDP. */
  readonly port?: number;
}

export interface ProbeOutcome {
  /** `refused`: it arrived where nobody listens. `unreachable`: its own namespace cannot send it. `none`: nothing came back in time. */
  readonly answer: 'connected' | 'answered' | 'refused' | 'unreachable' | 'none';
  readonly sourcePort?: number;
}

export interface ApplyOptions {
  /** Opens what must listen inside the namespaces after rules and routes, before any link is up. */
  readonly beforeLinksUp?: () => Promise<void>;
  /** Called after each step; throwing stops there. Tests stop the driver between any two steps with it. */
  readonly afterStep?: (step: string) => void;
  /** Compares with the kernel even when this very plan was applied before. For the timer, not for every change. */
  readonly verify?: boolean;
}

/** What the edge's way out needs of the machine's own namespace. `ensureEdge` makes it. */
export interface UplinkDriver {
  /** Whether the edge could have one here. Changes nothing that stays. */
  capability(): Promise<Capability>;
  /** Every local destination of the machine: addresses and blocks. */
  machineBlocks(): Promise<readonly string[]>;
  /** Also of a daemon that was killed. The edge stays, without a way out. */
  remove(): Promise<void>;
}

/**
 * Brings the machine to a plan. Whole-plan, idempotent, converging after any failure: `apply` may be called any number
 * of times with any earlier state in the kernel. Fails closed at every intermediate step.
 */
export interface NetworkDriver {
  /** Whether this machine can enforce a private network. Changes nothing that stays. */
  capabilities(): Promise<readonly Capability[]>;
  /** `/run/netns/…` of an owner. Pure. */
  namespacePath(owner: NamespaceOwner): string;
  apply(plan: VpcPlan, options?: ApplyOptions): Promise<void>;
  remove(vpcNumber: number): Promise<void>;
  /** Before the first VPC with an internet gateway. With `verify`, whatever this driver believes to be there. */
  ensureEdge(plan: EdgePlan, options?: Pick<ApplyOptions, 'verify'>): Promise<void>;
  /** After the last. True when it was there. */
  removeEdge(): Promise<boolean>;
  readonly uplink: UplinkDriver;
  /** What the edge dropped. */
  edgeDrops(): Promise<readonly Drop[]>;
  /** The numbers of the VPCs that the kernel holds something of. */
  listVpcs(): Promise<readonly number[]>;
  counters(vpcNumber: number): Promise<readonly Counter[]>;
  drops(vpcNumber: number): Promise<readonly Drop[]>;
  /** Sends one real packet out of a namespace. */
  probe(owner: NamespaceOwner, packet: ProbePacket): Promise<ProbeOutcome>;
  /** What the kernel holds in a namespace now, to be shown; undefined when there is no such namespace. */
  held(owner: NamespaceOwner): Promise<HeldNamespace | undefined>;
  /** The kernel's own words for a ruleset, to be compared with what it holds. Loads it into a namespace that is thrown away. */
  wouldHold(ruleset: string): Promise<HeldRuleset>;
  /** Removes every namespace, link and rule with this driver's prefix. Needs no database. Returns what it removed. */
  purge(): Promise<readonly string[]>;
}
