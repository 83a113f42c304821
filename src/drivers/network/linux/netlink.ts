import { endianness } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { assert, present } from '../../../stdx/assert.ts';
import { checked, libc, type Libc } from '../../sockets/libc.ts';
import type { KernelRoute } from './kernel-command.ts';

/**
 * Requests to the kernel's routing tables, links and neighbours: rtnetlink(7), for the few messages that a VPC needs. A
 * request is answered before `send` returns, so nothing here waits. Numbers are of linux/{netlink,rtnetlink,if_link,neighbour}.h.
 */

const [netlinkFamily, rawCloseOnExec, routeProtocol] = [16, 3 | 0x80000, 0]; // AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE
const [inetFamily, errorMessage] = [2, 2]; // AF_INET, NLMSG_ERROR
const [request, acknowledge, replace, exclusive, create] = [0x1, 0x4, 0x100, 0x200, 0x400];
const types = { newLink: 16, newAddress: 20, deleteAddress: 21, newRoute: 24, deleteRoute: 25, newNeighbour: 28 } as const;
const linkAttributes = { address: 1, name: 3, info: 18, alias: 20, namespaceFile: 28, infoKind: 1, infoData: 2, vethPeer: 1 } as const;
const addressAttributes = { address: 1, local: 2 } as const;
const routeAttributes = { destination: 1, device: 4, gateway: 5, source: 7, table: 15 } as const;
const neighbourAttributes = { destination: 1, linkAddress: 2 } as const;
const routeTypes = { unicast: 1, local: 2, blackhole: 6, throw: 9 } as const;
const scopes = { universe: 0, link: 253, host: 254, nowhere: 255 } as const;
const [mainTable, localTable, bootProtocol, onLink] = [254, 255, 3, 4]; // RT_TABLE_*, RTPROT_BOOT, RTNH_F_ONLINK
const [up, permanent] = [1, 0x80]; // IFF_UP, NUD_PERMANENT
const headerBytes = 16;
const answerBytesMax = 8_192;

/** A request that the kernel refused, with Node's name of the reason (`EEXIST`, …). */
export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  readonly code: string;
  constructor(what: string, errno: number) {
    const code = getSystemErrorName(-errno);
    super(`${what}: ${code}`);
    this.code = code;
  }
}

/** A socket into the namespace of the calling thread at the time it was opened. */
export class Netlink {
  readonly #library: Libc = libc();
  readonly #file: number;
  readonly #answer = Buffer.alloc(answerBytesMax);
  #sequence = 0;

  constructor() {
    assert(endianness() === 'LE', 'messages are written for the little-endian machines that are supported');
    this.#file = checked(this.#library, 'socket', this.#library.socket(netlinkFamily, rawCloseOnExec, routeProtocol));
  }

  close(): void {
    this.#library.close(this.#file);
  }

  /** Both ends are down. `namespaceFile` is an open `/run/netns/…`. */
  addVeth(
    link: { readonly name: string; readonly mac: string },
    peer: { readonly name: string; readonly mac: string; readonly namespaceFile: number },
  ): void {
    const ends = linkAttributes;
    const inner = [
      linkHead(0, 0),
      text(ends.name, peer.name),
      macAttribute(ends.address, peer.mac),
      u32Attribute(ends.namespaceFile, peer.namespaceFile),
    ];
    const data = attribute(ends.infoData, attribute(ends.vethPeer, Buffer.concat(inner)));
    const info = attribute(ends.info, Buffer.concat([text(ends.infoKind, 'veth'), data]));
    const body = [linkHead(0, 0), text(ends.name, link.name), macAttribute(ends.address, link.mac), info];
    this.#send(`add link ${link.name}`, types.newLink, create | exclusive, body);
  }

  setLink(name: string, { isUp, alias }: { readonly isUp: boolean; readonly alias?: string }): void {
    const body = [linkHead(isUp ? up : 0, up), text(linkAttributes.name, name)];
    if (alias !== undefined) body.push(text(linkAttributes.alias, alias));
    this.#send(`set link ${name}`, types.newLink, 0, body);
  }

  putAddress(address: string, device: string, isHostScope: boolean): void {
    this.#address(types.newAddress, create | replace, address, device, isHostScope);
  }

  deleteAddress(address: string, device: string): void {
    this.#address(types.deleteAddress, 0, address, device, false);
  }

  putNeighbour(address: string, mac: string, device: string): void {
    const head = Buffer.alloc(12);
    head.writeUInt8(inetFamily, 0);
    head.writeInt32LE(this.#indexOf(device), 4);
    head.writeUInt16LE(permanent, 8);
    const body = [head, addressAttribute(neighbourAttributes.destination, address), macAttribute(neighbourAttributes.linkAddress, mac)];
    this.#send(`put neighbour ${address} on ${device}`, types.newNeighbour, create | replace, body);
  }

  putRoute(route: KernelRoute): void {
    this.#route(types.newRoute, create | replace, route, scopeOf(route));
  }

  deleteRoute(route: KernelRoute): void {
    this.#route(types.deleteRoute, 0, route, scopes.nowhere);
  }

  #address(type: number, flags: number, address: string, device: string, isHostScope: boolean): void {
    const head = Buffer.from([inetFamily, 32, 0, isHostScope ? scopes.host : scopes.universe, 0, 0, 0, 0]);
    head.writeUInt32LE(this.#indexOf(device), 4);
    const body = [head, addressAttribute(addressAttributes.local, address), addressAttribute(addressAttributes.address, address)];
    this.#send(`address ${address} of ${device}`, type, flags, body);
  }

  #route(type: number, flags: number, route: KernelRoute, scope: number): void {
    const { base, length } = blockOf(route.destination);
    const table = route.table ?? (route.type === 'local' ? localTable : mainTable);
    // A table above 255 has only the attribute.
    const head = Buffer.from([inetFamily, length, 0, 0, table > 255 ? 0 : table, bootProtocol, scope, routeTypes[route.type], 0, 0, 0, 0]);
    head.writeUInt32LE(route.via === undefined ? 0 : onLink, 8);
    const body = [head, u32Attribute(routeAttributes.table, table)];
    if (length > 0) body.push(addressAttribute(routeAttributes.destination, base));
    if (route.device !== undefined) body.push(u32Attribute(routeAttributes.device, this.#indexOf(route.device)));
    if (route.via !== undefined) body.push(addressAttribute(routeAttributes.gateway, route.via));
    if (route.source !== undefined) body.push(addressAttribute(routeAttributes.source, route.source));
    this.#send(`route ${route.type} ${route.destination} of table ${table}`, type, flags, body);
  }

  #indexOf(device: string): number {
    const index = this.#library.ifNameToIndex(device);
    if (index === 0) throw new NetlinkError(`device ${device}`, 19); // ENODEV
    return index;
  }

  #send(what: string, type: number, flags: number, body: readonly Buffer[]): void {
    const payload = Buffer.concat(body);
    const head = Buffer.alloc(headerBytes);
    head.writeUInt32LE(headerBytes + payload.length, 0);
    head.writeUInt16LE(type, 4);
    head.writeUInt16LE(flags | request | acknowledge, 6);
    head.writeUInt32LE((this.#sequence += 1), 8);
    const message = Buffer.concat([head, payload]);
    checked(this.#library, `send: ${what}`, this.#library.send(this.#file, message, message.length, 0));
    const received = checked(this.#library, `receive: ${what}`, this.#library.recv(this.#file, this.#answer, this.#answer.length, 0));
    assert(received >= headerBytes + 4 && this.#answer.readUInt16LE(4) === errorMessage, `the kernel acknowledges: ${what}`);
    assert(this.#answer.readUInt32LE(8) === this.#sequence, `the kernel answers in order: ${what}`);
    const errno = -this.#answer.readInt32LE(headerBytes);
    if (errno !== 0) throw new NetlinkError(what, errno);
  }
}

function scopeOf({ type, via }: KernelRoute): number {
  if (type === 'local') return scopes.host;
  return type === 'unicast' && via === undefined ? scopes.link : scopes.universe;
}

function blockOf(destination: string): { readonly base: string; readonly length: number } {
  if (destination === 'default') return { base: '0.0.0.0', length: 0 };
  const [base, length = '32'] = destination.split('/');
  return { base: present(base, 'a block has a base'), length: Number(length) };
}

/** `struct ifinfomsg` with no index: the link is named by an attribute. */
function linkHead(flags: number, changed: number): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(flags, 8);
  head.writeUInt32LE(changed, 12);
  return head;
}

function attribute(type: number, value: Uint8Array): Buffer {
  const length = 4 + value.length;
  const bytes = Buffer.alloc((length + 3) & ~3);
  bytes.writeUInt16LE(length, 0);
  bytes.writeUInt16LE(type, 2);
  bytes.set(value, 4);
  return bytes;
}

const text = (type: number, value: string): Buffer => attribute(type, Buffer.from(`${value}\0`));
const addressAttribute = (type: number, address: string): Buffer => attribute(type, Uint8Array.from(address.split('.'), Number));
const macAttribute = (type: number, mac: string): Buffer => attribute(type, Buffer.from(mac.replaceAll(':', ''), 'hex'));

function u32Attribute(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return attribute(type, bytes);
}
