import { setTimeout as sleep } from 'node:timers/promises';
import { checked, libc } from '../../../src/drivers/sockets/libc.ts';
import { inNamespace } from '../../../src/drivers/sockets/namespace-sockets.ts';

const [packetFamily, rawNonBlocking, everyProtocol] = [17, 3 | 0x800 | 0x80000, 0x0300]; // AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL)
const [socketLevel, receiveBufferForce, receiveBytes] = [1, 33, 8 << 20]; // SOL_SOCKET, SO_RCVBUFFORCE
const [ethernetBytes, ipv4] = [14, 0x0800];
const [roundMs, frameBytesMax] = [10, 65_536];

/** An IPv4 packet as it went over a link of the router. */
export interface CapturedPacket {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  /** TCP and UDP; 0 of others. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly bytes: Buffer;
}

/** Everything that goes over the links of a namespace while the work is done; each packet as often as it passes a link. */
export async function captured<T>(namespacePath: string, work: () => Promise<T>): Promise<{ result: T; packets: readonly CapturedPacket[] }> {
  const library = libc();
  const file = inNamespace(library, namespacePath, () => checked(library, 'socket', library.socket(packetFamily, rawNonBlocking, everyProtocol)));
  const packets: CapturedPacket[] = [];
  const frame = Buffer.alloc(frameBytesMax);
  const size = Buffer.alloc(4);
  size.writeInt32LE(receiveBytes);
  const done = new AbortController();
  const drain = (): void => {
    for (let length = library.recv(file, frame, frame.length, 0); length > 0; length = library.recv(file, frame, frame.length, 0)) {
      const packet = readFrame(Buffer.from(frame.subarray(0, length)));
      if (packet !== undefined) packets.push(packet);
    }
  };
  const draining = async (): Promise<void> => {
    while (!done.signal.aborted) {
      drain();
      await sleep(roundMs);
    }
    drain();
  };
  try {
    checked(library, 'setsockopt', library.setsockopt(file, socketLevel, receiveBufferForce, size, size.length));
    const drained = draining();
    try {
      return { result: await work(), packets };
    } finally {
      done.abort();
      await drained;
    }
  } finally {
    library.close(file);
  }
}

function readFrame(frame: Buffer): CapturedPacket | undefined {
  if (frame.length < ethernetBytes + 20 || frame.readUInt16BE(12) !== ipv4) return undefined;
  const bytes = frame.subarray(ethernetBytes);
  const head = (bytes.readUInt8(0) & 15) * 4;
  const protocol = bytes.readUInt8(9);
  const hasPorts = (protocol === 6 || protocol === 17) && bytes.length >= head + 4;
  const address = (at: number): string => [...bytes.subarray(at, at + 4)].join('.');
  return {
    source: address(12),
    destination: address(16),
    protocol,
    sourcePort: hasPorts ? bytes.readUInt16BE(head) : 0,
    destinationPort: hasPorts ? bytes.readUInt16BE(head + 2) : 0,
    bytes,
  };
}

/** Packets between two addresses, either way, in words: `17 500 > 500`. Each kind once. */
export function kindsBetween(packets: readonly CapturedPacket[], addresses: readonly string[]): string[] {
  const between = packets.filter(({ source, destination }) => addresses.includes(source) && addresses.includes(destination));
  return [...new Set(between.map(({ protocol, sourcePort, destinationPort }) => `${protocol} ${sourcePort} > ${destinationPort}`))].toSorted();
}
