import type { GateName } from '../network/gate.ts';
import { answerTuple, type DroppedPackets, type FlowTuple, type PacketCount, type TrackedFlow } from './observation.ts';
import type { Subtraction } from './subtraction.ts';
import { flagsOf } from './tcp-flags.ts';

/** A network interface, as far as records speak of it. */
export interface LoggedInterface {
  readonly networkInterfaceId: string;
  readonly privateIpAddress: string;
  readonly subnetId: string;
  readonly vpcId: string;
}

/** What one interface saw of one direction of a flow: what a record tells. */
export interface FlowSide extends FlowTuple, PacketCount {
  readonly networkInterfaceId: string;
  readonly flowDirection: 'ingress' | 'egress';
  readonly action: 'ACCEPT' | 'REJECT';
  readonly startMs: number;
  readonly endMs: number;
  /** Undefined: not known. */
  readonly tcpFlags: number | undefined;
  readonly trafficPath?: number;
}

/** Where packets that an interface sends to an address go. */
export type Destination =
  | { readonly kind: 'interface'; readonly networkInterface: LoggedInterface }
  /** To an interface that the address is not of, which sends them on: as from itself, or as they came. */
  | { readonly kind: 'forwarder'; readonly networkInterface: LoggedInterface; readonly translates: boolean }
  | { readonly kind: 'gateway-endpoint' }
  | { readonly kind: 'internet-gateway' }
  | { readonly kind: 'nowhere' };

/** The network around a flow. */
export interface Surroundings {
  interfaceAt(address: string): LoggedInterface | undefined;
  destinationOf(sender: LoggedInterface, address: string): Destination;
  /** What AWS does not log: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-limitations.html */
  isUnrecorded(address: string): boolean;
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html: of interfaces of Nitro instances. */
const trafficPaths: Readonly<Partial<Record<Destination['kind'], number>>> = {
  interface: 1,
  forwarder: 1,
  'gateway-endpoint': 7,
  'internet-gateway': 8,
};

/** Whose gates a dropped packet had passed, and whose group or ACL refused it. Undefined: it is nobody's record. */
const fates: Readonly<Record<GateName, 'refused-at-sender' | 'left-sender' | 'refused-at-receiver' | undefined>> = {
  'unknown-interface': undefined,
  'anti-spoofing': undefined,
  resolver: undefined,
  router: undefined,
  edge: undefined,
  tunnel: 'refused-at-sender',
  'egress-groups': 'refused-at-sender',
  'egress-acl': 'refused-at-sender',
  destination: 'left-sender',
  route: 'left-sender',
  'destination-check': 'left-sender',
  endpoint: 'left-sender',
  'internet-gateway': 'left-sender',
  'nat-gateway': 'left-sender',
  'ingress-acl': 'refused-at-receiver',
  'ingress-groups': 'refused-at-receiver',
};

/** What the interfaces of a flow saw of it, but for what was dropped. `unclear`: those whose counts cannot be told. */
export function sidesOfFlow(
  flow: TrackedFlow,
  subtraction: Subtraction,
  around: Surroundings,
): { readonly sides: readonly FlowSide[]; readonly unclear: readonly LoggedInterface[] } {
  const answer = answerTuple(flow);
  const [original, reply] = [subtraction.take(flow, flow.original), subtraction.take(answer, flow.reply)];
  if (around.isUnrecorded(flow.source) || around.isUnrecorded(flow.destination)) return nothing;
  const near = around.interfaceAt(flow.source);
  const far = farSide(near, flow, around);
  // Sent on as they came, packets pass the router twice and are counted twice, in one and the same flow.
  if (far.kind === 'forwarder' && !far.translates) {
    const end = around.interfaceAt(flow.destination);
    return { sides: [], unclear: [far.networkInterface, ...(near === undefined ? [] : [near]), ...(end === undefined ? [] : [end])] };
  }
  const receiver = 'networkInterface' in far ? far.networkInterface : undefined;
  const flags = flagsOf(flow);
  const pathOut = near === undefined ? undefined : trafficPaths[far.kind];
  const pathBack = near === undefined ? trafficPaths['internet-gateway'] : trafficPaths.interface;
  return {
    sides: [
      ...passed(flow, original, flow, flags.original, { sender: near, receiver, trafficPath: pathOut }),
      ...passed(answer, reply, flow, flags.reply, { sender: receiver, receiver: near, trafficPath: pathBack }),
    ],
    unclear: [],
  };
}

const nothing = { sides: [], unclear: [] };

function farSide(near: LoggedInterface | undefined, { destination }: FlowTuple, around: Surroundings): Destination {
  if (near !== undefined) return around.destinationOf(near, destination);
  const networkInterface = around.interfaceAt(destination);
  return networkInterface === undefined ? { kind: 'nowhere' } : { kind: 'interface', networkInterface };
}

interface Parties {
  readonly sender: LoggedInterface | undefined;
  readonly receiver: LoggedInterface | undefined;
  readonly trafficPath: number | undefined;
}

function passed(
  tuple: FlowTuple,
  count: PacketCount,
  { startMs, endMs }: Pick<FlowSide, 'startMs' | 'endMs'>,
  tcpFlags: number | undefined,
  { sender, receiver, trafficPath }: Parties,
): FlowSide[] {
  if (count.packets <= 0) return [];
  const seen = { ...plainTuple(tuple), packets: count.packets, bytes: count.bytes, startMs, endMs, tcpFlags };
  return [
    ...(sender === undefined ? [] : [egress(sender, 'ACCEPT', seen, trafficPath)]),
    ...(receiver === undefined ? [] : [ingress(receiver, 'ACCEPT', seen)]),
  ];
}

/** The refusal where a packet fell, and the acceptance by the interface whose own gates it had passed before. */
export function sidesOfDrop(drop: DroppedPackets, startMs: number, around: Surroundings): FlowSide[] {
  const fate = fates[drop.gate];
  if (fate === undefined || around.isUnrecorded(drop.source) || around.isUnrecorded(drop.destination)) return [];
  const { packets, bytes, endMs, tcpFlags } = drop;
  const seen = { ...plainTuple(drop), packets, bytes, startMs: packets === 1 ? endMs : startMs, endMs, tcpFlags };
  const sender = around.interfaceAt(drop.source);
  const trafficPath = sender === undefined ? undefined : trafficPaths[around.destinationOf(sender, drop.destination).kind];
  if (fate === 'refused-at-sender') return sender === undefined ? [] : [egress(sender, 'REJECT', seen, trafficPath)];
  const receiver = fate === 'refused-at-receiver' ? around.interfaceAt(drop.destination) : undefined;
  return [
    ...(sender === undefined ? [] : [egress(sender, 'ACCEPT', seen, trafficPath)]),
    ...(receiver === undefined ? [] : [ingress(receiver, 'REJECT', seen)]),
  ];
}

type Seen = Omit<FlowSide, 'networkInterfaceId' | 'flowDirection' | 'action' | 'trafficPath'>;

const egress = ({ networkInterfaceId }: LoggedInterface, action: FlowSide['action'], seen: Seen, trafficPath: number | undefined): FlowSide => ({
  ...seen,
  networkInterfaceId,
  flowDirection: 'egress',
  action,
  ...(trafficPath === undefined ? {} : { trafficPath }),
});

const ingress = ({ networkInterfaceId }: LoggedInterface, action: FlowSide['action'], seen: Seen): FlowSide => ({
  ...seen,
  networkInterfaceId,
  flowDirection: 'ingress',
  action,
});

const plainTuple = ({ protocol, source, destination, sourcePort, destinationPort }: FlowTuple): FlowTuple => ({
  protocol,
  source,
  destination,
  sourcePort,
  destinationPort,
});
