import type { GateName } from '../network/gate.ts';

/** What tells one direction of a flow from all others. Ports are 0 for protocols without any. */
export interface FlowTuple {
  /** IP protocol number. */
  readonly protocol: number;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

export interface PacketCount {
  readonly packets: number;
  readonly bytes: number;
}

/** What connection tracking counted of one flow since the last reading: every packet that came, dropped later or not. */
export interface TrackedFlow extends FlowTuple {
  readonly original: PacketCount;
  readonly reply: PacketCount;
  /** It began after the last reading. */
  readonly began: boolean;
  /** When it began, or the last reading when that was before. */
  readonly startMs: number;
  /** When tracking ended, or this reading. */
  readonly endMs: number;
  /** TCP only. */
  readonly tcpState?: TcpState;
}

/** Connection tracking's own numbers (`enum tcp_conntrack`). */
export const tcpStates = [
  'none',
  'syn-sent',
  'syn-recv',
  'established',
  'fin-wait',
  'close-wait',
  'last-ack',
  'time-wait',
  'close',
  'syn-sent2',
] as const;
export type TcpState = (typeof tcpStates)[number];

/** Packets of one direction of a flow that one gate dropped since the last reading. */
export interface DroppedPackets extends FlowTuple, PacketCount {
  readonly gate: GateName;
  /** They belonged to a flow that was tracked already: connection tracking counted them, too. */
  readonly tracked: boolean;
  /** As in a record: FIN 1, SYN 2, RST 4, SYN and ACK 18. */
  readonly tcpFlags: number;
  /** When the last of them was dropped. */
  readonly endMs: number;
}

export const tupleKey = ({ protocol, source, destination, sourcePort, destinationPort }: FlowTuple): string =>
  `${protocol} ${source} ${sourcePort} ${destination} ${destinationPort}`;

export const answerTuple = ({ protocol, source, destination, sourcePort, destinationPort }: FlowTuple): FlowTuple => ({
  protocol,
  source: destination,
  destination: source,
  sourcePort: destinationPort,
  destinationPort: sourcePort,
});
