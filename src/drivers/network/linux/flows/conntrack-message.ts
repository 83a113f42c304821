import { type PacketCount, type TcpState, tcpStates } from '../../../../model/flow-logs/observation.ts';
import { formatAddress } from '../../../../model/network/addresses.ts';
import { protocolNumbers } from '../../../../model/network/groups.ts';

/** Messages of the kernel's connection tracking (ctnetlink). Numbers are of linux/netfilter/nfnetlink_conntrack.h. Pure. */

const [netlinkHeaderBytes, familyHeaderBytes, attributeHeaderBytes] = [16, 4, 4];
const [errorType, doneType] = [2, 3]; // NLMSG_ERROR, NLMSG_DONE
const conntrackSubsystem = 1; // NFNL_SUBSYS_CTNETLINK
const getAndZero = 3; // IPCTNL_MSG_CT_GET_CTRZERO
const requestDump = 0x1 | 0x300; // NLM_F_REQUEST | NLM_F_DUMP
const inetFamily = 2;
const attributes = { original: 1, reply: 2, protocolInfo: 4, originalCounters: 9, replyCounters: 10, timestamp: 20 } as const;

/** An entry of connection tracking, as the kernel tells it. */
export interface ConntrackEntry {
  readonly protocol: number;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly original: PacketCount;
  readonly reply: PacketCount;
  /** Milliseconds since 1970. */
  readonly startMs?: number;
  readonly stopMs?: number;
  readonly tcpState?: TcpState;
}

/** Asks for every entry, and sets its counters to zero. */
export function dumpRequest(): Buffer {
  const message = Buffer.alloc(netlinkHeaderBytes + familyHeaderBytes);
  message.writeUInt32LE(message.length, 0);
  message.writeUInt16LE((conntrackSubsystem << 8) | getAndZero, 4);
  message.writeUInt16LE(requestDump, 6);
  message.writeUInt8(inetFamily, netlinkHeaderBytes);
  return message;
}

/** Reads what one `recv` brought. `errno`: the kernel refused; `isLast`: a dump is at its end. */
export function readMessages(bytes: Buffer, see: (entry: ConntrackEntry) => void): { readonly isLast: boolean; readonly errno: number } {
  for (let at = 0; at + netlinkHeaderBytes <= bytes.length;) {
    const length = bytes.readUInt32LE(at);
    const type = bytes.readUInt16LE(at + 4);
    if (type === doneType) return { isLast: true, errno: 0 };
    if (type === errorType) return { isLast: true, errno: -bytes.readInt32LE(at + netlinkHeaderBytes) };
    if (type >> 8 === conntrackSubsystem) see(readEntry(bytes.subarray(at + netlinkHeaderBytes + familyHeaderBytes, at + length)));
    at += aligned(length);
  }
  return { isLast: false, errno: 0 };
}

const aligned = (length: number): number => (length + 3) & ~3;

/** The values of a message's attributes. Those of two bytes and more are in the network's order. */
function attributesOf(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at + attributeHeaderBytes <= bytes.length;) {
    const length = bytes.readUInt16LE(at);
    found.set(bytes.readUInt16LE(at + 2) & 0x3fff, bytes.subarray(at + attributeHeaderBytes, at + length));
    at += Math.max(attributeHeaderBytes, aligned(length));
  }
  return found;
}

const nothing = Buffer.alloc(0);
const nested = (from: ReadonlyMap<number, Buffer>, type: number): Map<number, Buffer> => attributesOf(from.get(type) ?? nothing);

function readEntry(bytes: Buffer): ConntrackEntry {
  const entry = attributesOf(bytes);
  const timestamp = nested(entry, attributes.timestamp);
  const [start, stop] = [timestamp.get(1), timestamp.get(2)];
  const state = nested(nested(entry, attributes.protocolInfo), 1).get(1);
  const tcpState = state === undefined ? undefined : tcpStates[state.readUInt8(0)];
  return {
    ...readTuple(nested(entry, attributes.original)),
    original: readCounters(nested(entry, attributes.originalCounters)),
    reply: readCounters(nested(entry, attributes.replyCounters)),
    ...(start === undefined ? {} : { startMs: milliseconds(start) }),
    ...(stop === undefined ? {} : { stopMs: milliseconds(stop) }),
    ...(tcpState === undefined ? {} : { tcpState }),
  };
}

function readTuple(tuple: ReadonlyMap<number, Buffer>) {
  const [addresses, transport] = [nested(tuple, 1), nested(tuple, 2)];
  const protocol = transport.get(1)?.readUInt8(0) ?? 0;
  const hasPorts = protocol !== protocolNumbers.icmp;
  const port = (type: number): number => (hasPorts ? (transport.get(type)?.readUInt16BE(0) ?? 0) : 0);
  const address = (type: number): string => formatAddress(addresses.get(type)?.readUInt32BE(0) ?? 0);
  return { protocol, source: address(1), destination: address(2), sourcePort: port(2), destinationPort: port(3) };
}

const readCounters = (counters: ReadonlyMap<number, Buffer>): PacketCount => ({
  packets: Number(counters.get(1)?.readBigUInt64BE(0) ?? 0n),
  bytes: Number(counters.get(2)?.readBigUInt64BE(0) ?? 0n),
});

const milliseconds = (nanoseconds: Buffer): number => Number(nanoseconds.readBigUInt64BE(0) / 1_000_000n);
