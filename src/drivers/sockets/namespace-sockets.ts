import { closeSync, openSync, readlinkSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { assert } from '../../stdx/assert.ts';
import { checked, libc, type Libc } from './libc.ts';

/** Where a socket is to be opened. Without `namespacePath`: the namespace of the calling thread. IPv4 only, there is no IPv6 here. */
export interface SocketAddress {
  /** `/run/netns/…` */
  readonly namespacePath?: string;
  readonly address: string;
  readonly port: number;
}

const threadNamespace = '/proc/thread-self/ns/net';
const cloneNewNet = 0x40000000; // CLONE_NEWNET
const [inetFamily, streamType, datagramType] = [2, 1, 2]; // AF_INET, SOCK_STREAM, SOCK_DGRAM
const [defaultProtocol, icmpProtocol] = [0, 1]; // IPPROTO_IP, IPPROTO_ICMP
const nonBlockingCloseOnExec = 0x800 | 0x80000; // SOCK_NONBLOCK | SOCK_CLOEXEC
const [socketLevel, reuseAddress, receiveBuffer] = [1, 2, 8]; // SOL_SOCKET, SO_REUSEADDR, SO_RCVBUF
const [ipLevel, freeBind] = [0, 15]; // IPPROTO_IP, IP_FREEBIND
const tcpBacklog = 1024;
const udpReceiveBufferBytes = 1 << 20;

/** A listening TCP socket; whoever passes it to `server.listen({ fd })` owns it. */
export function openTcpListener(where: SocketAddress): number {
  const library = libc();
  return inNamespace(library, where.namespacePath, () => {
    const fd = openBound(library, streamType, where);
    return closedOnFailure(library, fd, () => checked(library, 'listen', library.listen(fd, tcpBacklog)));
  });
}

/**
 * A bound UDP socket for `socket.bind({ fd })`. One per service address: a socket bound to 0.0.0.0 answers from the
 * address of the outgoing interface, and clients then wait for an answer that never comes.
 */
export function openUdpSocket(where: SocketAddress): number {
  const library = libc();
  return inNamespace(library, where.namespacePath, () => {
    const fd = openBound(library, datagramType, where);
    return closedOnFailure(library, fd, () => setOption(library, fd, socketLevel, receiveBuffer, udpReceiveBufferBytes));
  });
}

/** A socket with a port of its own, to be connected by its owner from inside the namespace; of ICMP, one that sends echo requests. */
export function openUnconnected(protocol: 'tcp' | 'udp' | 'icmp', namespacePath: string): number {
  const library = libc();
  const type = protocol === 'tcp' ? streamType : datagramType;
  const number = protocol === 'icmp' ? icmpProtocol : defaultProtocol;
  return inNamespace(library, namespacePath, () => openBound(library, type, { address: '0.0.0.0', port: 0 }, number));
}

/**
 * Runs `open` with the calling thread inside a network namespace and comes back. `setns` moves one thread only and
 * everything here is synchronous, so no other code of the process ever runs inside. A thread that cannot come back
 * would answer for the wrong network from then on: the process ends instead.
 */
export function inNamespace<T>(library: Libc, namespacePath: string | undefined, open: () => T): T {
  if (namespacePath === undefined) return open();
  const home = readlinkSync(threadNamespace);
  const homeFd = openSync(threadNamespace, 'r');
  try {
    const targetFd = openSync(namespacePath, 'r');
    try {
      checked(library, `setns ${namespacePath}`, library.setns(targetFd, cloneNewNet));
      try {
        return open();
      } finally {
        if (library.setns(homeFd, cloneNewNet) < 0 || readlinkSync(threadNamespace) !== home) library.abort();
      }
    } finally {
      closeSync(targetFd);
    }
  } finally {
    closeSync(homeFd);
  }
}

function openBound(library: Libc, type: number, { address, port }: SocketAddress, protocol = defaultProtocol): number {
  const fd = checked(library, 'socket', library.socket(inetFamily, type | nonBlockingCloseOnExec, protocol));
  return closedOnFailure(library, fd, () => {
    setOption(library, fd, socketLevel, reuseAddress, 1);
    // Listeners open before the addresses of a namespace are up: the order of creation is listeners first, links last.
    setOption(library, fd, ipLevel, freeBind, 1);
    checked(library, `bind ${address}:${port}`, library.bind(fd, socketAddress(address, port), 16));
  });
}

function setOption(library: Libc, fd: number, level: number, option: number, value: number): void {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  checked(library, 'setsockopt', library.setsockopt(fd, level, option, bytes, 4));
}

function closedOnFailure(library: Libc, fd: number, prepare: () => unknown): number {
  try {
    prepare();
    return fd;
  } catch (error) {
    library.close(fd);
    throw error;
  }
}

/** `struct sockaddr_in`: family in the machine's order (little-endian on the supported ones), port and address in the network's. */
function socketAddress(address: string, port: number): Uint8Array {
  assert(isIPv4(address), `${address} is an IPv4 address`);
  assert(Number.isInteger(port) && port >= 0 && port <= 65_535, `${port} is a port`);
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, inetFamily, true);
  view.setUint16(2, port);
  for (const [index, octet] of address.split('.').entries()) view.setUint8(4 + index, Number(octet));
  return bytes;
}
