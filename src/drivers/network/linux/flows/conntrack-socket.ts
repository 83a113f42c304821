import { checked, libc, type Libc, SystemCallError } from '../../../sockets/libc.ts';
import { inNamespace } from '../../../sockets/namespace-sockets.ts';
import { NetlinkError } from '../netlink.ts';
import { type ConntrackEntry, dumpRequest, readMessages } from './conntrack-message.ts';

const [netlinkFamily, rawCloseOnExec, netfilterProtocol] = [16, 3 | 0x80000, 12]; // AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER
const [socketLevel, forceReceiveBuffer, receiveTimeout] = [1, 33, 20]; // SOL_SOCKET, SO_RCVBUFFORCE, SO_RCVTIMEO
const [netlinkLevel, addMembership, broadcastError, noBufferErrors] = [270, 1, 4, 5]; // SOL_NETLINK, NETLINK_*
const [destroyGroup, doNotWait] = [3, 0x40]; // NFNLGRP_CONNTRACK_DESTROY, MSG_DONTWAIT
const receiveBufferBytes = 8 << 20;
const messageBytes = 1 << 18;
/** The kernel answers a dump as fast as it is read. */
const dumpMs = 10_000;

/**
 * The connection tracking of one namespace: its entries, and those that end. An end that finds no room in the buffer is
 * told again (NETLINK_BROADCAST_ERROR): none is lost while somebody reads.
 */
export class ConntrackSocket {
  readonly #library: Libc = libc();
  readonly #ends: number;
  readonly #dumps: number;
  readonly #bytes = Buffer.alloc(messageBytes);

  constructor(namespacePath: string) {
    const open = (): number => checked(this.#library, 'socket', this.#library.socket(netlinkFamily, rawCloseOnExec, netfilterProtocol));
    [this.#ends, this.#dumps] = inNamespace(this.#library, namespacePath, () => [open(), open()] as const);
    try {
      this.#prepare();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#library.close(this.#ends);
    this.#library.close(this.#dumps);
  }

  /** Flows that have ended and were not read yet. False when the kernel says that it could not tell all. */
  readEnded(see: (entry: ConntrackEntry) => void): boolean {
    for (;;) {
      const received = this.#library.recv(this.#ends, this.#bytes, this.#bytes.length, doNotWait);
      if (received < 0) return errorCode(this.#library) !== 'ENOBUFS';
      readMessages(this.#bytes.subarray(0, received), see);
    }
  }

  /** Every flow that is tracked now, whose counters begin at zero again. */
  readAndZero(see: (entry: ConntrackEntry) => void): void {
    const message = dumpRequest();
    checked(this.#library, 'send: dump of tracked flows', this.#library.send(this.#dumps, message, message.length, 0));
    for (;;) {
      const received = checked(this.#library, 'receive: dump of tracked flows', this.#library.recv(this.#dumps, this.#bytes, this.#bytes.length, 0));
      const { isLast, errno } = readMessages(this.#bytes.subarray(0, received), see);
      if (errno !== 0) throw new NetlinkError('dump of tracked flows', errno);
      if (isLast) return;
    }
  }

  #prepare(): void {
    const address = new Uint8Array(12);
    address[0] = netlinkFamily;
    // Unbound, it would hear nothing.
    checked(this.#library, 'bind', this.#library.bind(this.#ends, address, address.length));
    this.#setOption(this.#ends, socketLevel, forceReceiveBuffer, receiveBufferBytes);
    this.#setOption(this.#ends, netlinkLevel, broadcastError, 1);
    this.#setOption(this.#ends, netlinkLevel, noBufferErrors, 1);
    this.#setOption(this.#ends, netlinkLevel, addMembership, destroyGroup);
    const timeout = new Uint8Array(16);
    new DataView(timeout.buffer).setBigInt64(0, BigInt(dumpMs / 1000), true);
    checked(this.#library, 'setsockopt', this.#library.setsockopt(this.#dumps, socketLevel, receiveTimeout, timeout, timeout.length));
  }

  #setOption(file: number, level: number, option: number, value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setInt32(0, value, true);
    checked(this.#library, 'setsockopt', this.#library.setsockopt(file, level, option, bytes, bytes.length));
  }
}

const errorCode = (library: Libc): string => new SystemCallError('receive', library.errno()).code;
