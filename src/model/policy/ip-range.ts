/** An address range of policy conditions: IPv4 or IPv6, with or without a prefix length. */
export interface IpRange {
  readonly address: bigint;
  readonly bits: 32 | 128;
  readonly prefixLength: number;
}

const ipv4Mapped = 0xffffn << 32n;

/** `10.0.0.0/8`, `10.1.2.3`, `2001:db8::/32`. Undefined when it is none. IPv4 in IPv6 (`::ffff:10.0.0.1`) is its IPv4 address. */
export function parseIpRange(text: string): IpRange | undefined {
  const [addressText = '', lengthText, ...rest] = text.split('/');
  if (rest.length > 0) return undefined;
  const parsed = parseAddress(addressText);
  if (parsed === undefined) return undefined;
  if (lengthText === undefined) return { ...parsed, prefixLength: parsed.bits };
  if (!/^\d{1,3}$/.test(lengthText) || Number(lengthText) > parsed.bits) return undefined;
  return { ...parsed, prefixLength: Number(lengthText) };
}

export function rangeContains(range: IpRange, address: IpRange): boolean {
  if (range.bits !== address.bits) return false;
  const ignored = BigInt(range.bits - range.prefixLength);
  return range.address >> ignored === address.address >> ignored;
}

function parseAddress(text: string): { address: bigint; bits: 32 | 128 } | undefined {
  if (!text.includes(':')) {
    const address = parseIpv4(text);
    return address === undefined ? undefined : { address, bits: 32 };
  }
  const address = parseIpv6(text);
  if (address === undefined) return undefined;
  return address >> 32n === ipv4Mapped >> 32n ? { address: address & 0xffffffffn, bits: 32 } : { address, bits: 128 };
}

function parseIpv4(text: string): bigint | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || octets.some((octet) => !/^\d{1,3}$/.test(octet) || Number(octet) > 255)) return undefined;
  return octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const lastColon = text.lastIndexOf(':');
  const tail = text.slice(lastColon + 1);
  const embedded = tail.includes('.') ? parseIpv4(tail) : undefined;
  if (tail.includes('.') && embedded === undefined) return undefined;
  const hextets =
    embedded === undefined ? text : `${text.slice(0, lastColon + 1)}${(embedded >> 16n).toString(16)}:${(embedded & 0xffffn).toString(16)}`;
  const halves = hextets.split('::');
  if (halves.length > 2) return undefined;
  const [head, rest] = halves.map((half) => (half === '' ? [] : half.split(':'))) as [string[], string[] | undefined];
  const given = head.length + (rest?.length ?? 0);
  if (rest === undefined ? given !== 8 : given > 7) return undefined;
  const groups = [...head, ...Array.from({ length: 8 - given }, () => '0'), ...(rest ?? [])];
  if (groups.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}
