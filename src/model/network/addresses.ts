/**
 * IPv4 addresses and blocks. An address is its 32 bits as an unsigned number, so that comparing, counting and sorting
 * are plain arithmetic; text is parsed once, at the edge.
 */

export type Address = number;

/** A block in canonical form: `base` has no bit set behind the prefix. Only `parseCidr` and `cidrOf` make one. */
export interface Cidr {
  readonly base: Address;
  readonly prefixLength: number;
}

const decimalByte = /^(?:0|[1-9][0-9]{0,2})$/;
const decimalPrefixLength = /^(?:[0-9]|[12][0-9]|3[0-2])$/;

/** Dotted quad only: no leading zeros (which some parsers read as octal), no short forms. */
export function parseAddress(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let address = 0;
  for (const part of parts) {
    if (!decimalByte.test(part) || Number(part) > 255) return undefined;
    address = address * 256 + Number(part);
  }
  return address;
}

export function formatAddress(address: Address): string {
  return [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255].join('.');
}

/** The block of that length that holds the address. */
export function cidrOf(address: Address, prefixLength: number): Cidr {
  const size = 2 ** (32 - prefixLength);
  return { base: address - (address % size), prefixLength };
}

/**
 * Undefined when the text is no block. Bits behind the prefix are cleared, as EC2 does ("100.68.0.18/18" becomes
 * "100.68.0.0/18", https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html); whoever must refuse such
 * text compares it with `formatCidr`.
 */
export function parseCidr(text: string): Cidr | undefined {
  const [addressText = '', lengthText = '', ...rest] = text.split('/');
  const address = parseAddress(addressText);
  if (address === undefined || rest.length > 0 || !decimalPrefixLength.test(lengthText)) return undefined;
  return cidrOf(address, Number(lengthText));
}

export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.base)}/${cidr.prefixLength}`;
}

/** How many addresses the block has. */
export function cidrSize(cidr: Cidr): number {
  return 2 ** (32 - cidr.prefixLength);
}

export function lastAddress(cidr: Cidr): Address {
  return cidr.base + cidrSize(cidr) - 1;
}

export function cidrContains(cidr: Cidr, address: Address): boolean {
  return address >= cidr.base && address <= lastAddress(cidr);
}

export function cidrContainsCidr(outer: Cidr, inner: Cidr): boolean {
  return cidrContains(outer, inner.base) && outer.prefixLength <= inner.prefixLength;
}

export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  return cidrContains(a, b.base) || cidrContains(b, a.base);
}

/** By base, then the wider first: an order for output that does not depend on the input's. */
export function compareCidrs(a: Cidr, b: Cidr): number {
  return a.base - b.base || a.prefixLength - b.prefixLength;
}

/** Base + 1 of every subnet, reserved by AWS for the VPC router. */
export function routerAddress(cidr: Cidr): Address {
  return cidr.base + 1;
}

/** Base + 2: of a VPC's primary block the resolver's address, reserved in every subnet. */
export function resolverAddressOf(cidr: Cidr): Address {
  return cidr.base + 2;
}

const reservedAtStart = 4;
const reservedAtEnd = 1;

/**
 * The first four addresses and the last of every subnet are not for interfaces
 * (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
 */
export function isReservedInSubnet(cidr: Cidr, address: Address): boolean {
  return cidrContains(cidr, address) && (address < cidr.base + reservedAtStart || address > lastAddress(cidr) - reservedAtEnd);
}

/** The lowest address of the subnet that is neither reserved nor used. Undefined when the subnet is full. */
export function firstFreeAddress(cidr: Cidr, used: ReadonlySet<Address>): Address | undefined {
  for (let address = cidr.base + reservedAtStart; address <= lastAddress(cidr) - reservedAtEnd; address += 1) {
    if (!used.has(address)) return address;
  }
  return undefined;
}

/** `AvailableIpAddressCount` of a subnet in which `usedCount` addresses belong to interfaces. */
export function availableAddressCount(cidr: Cidr, usedCount: number): number {
  return Math.max(0, cidrSize(cidr) - reservedAtStart - reservedAtEnd - usedCount);
}
