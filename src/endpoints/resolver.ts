import { s3Address } from '../model/network/reserved.ts';
import { s3HostNames, s3RepositoryHostNames } from './s3-host-names.ts';

/** What the resolver of one VPC knows. A plain value: it crosses to the worker that owns the sockets. */
export interface ResolverZone {
  readonly region: string;
  /** Addresses of the VPC's network interfaces; each has its `ip-10-0-1-4.…` name. */
  readonly privateAddresses: readonly string[];
  /**
   * Private DNS of interface endpoints, and names at the internet edge: host name, lower-case, to addresses; `*.` stands for
   * everything below. They come before the names of S3 that the resolver knows by itself.
   */
  readonly names: Readonly<Record<string, readonly string[]>>;
}

/** The zone with its lists made ready for looking up. */
export interface CompiledZone {
  readonly privateDomain: string;
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  readonly privateAddresses: ReadonlySet<string>;
  /** What stands above a name that is known: it exists, too, and has no records (RFC 8020). */
  readonly parents: ReadonlySet<string>;
}

/** `unknown`: no such name here. Nothing is ever asked elsewhere: a resolver that forwards is a way out for data. */
export type Resolution =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'name'; readonly name: string }
  /** The name exists and has no record of this type, such as an IPv6 address. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'unknown' };

export function compileZone(zone: ResolverZone): CompiledZone {
  // A bucket in front of an S3 name; a bucket's own name may hold dots.
  const s3Names = [...s3HostNames(zone.region).flatMap((name) => [name, `*.${name}`]), ...s3RepositoryHostNames(zone.region)];
  const addresses = new Map<string, readonly string[]>([...s3Names.map((name) => [name, [s3Address]] as const), ...Object.entries(zone.names)]);
  // AWS: "ip-private-ipv4-address.ec2.internal" in us-east-1, ".REGION.compute.internal" elsewhere.
  const privateDomain = zone.region === 'us-east-1' ? 'ec2.internal' : `${zone.region}.compute.internal`;
  const reverseNames = zone.privateAddresses.map((address) => `${address.split('.').toReversed().join('.')}.in-addr.arpa`);
  return {
    privateDomain,
    addresses,
    privateAddresses: new Set(zone.privateAddresses),
    parents: parentsOf([...addresses.keys(), `ip.${privateDomain}`, ...reverseNames]),
  };
}

function parentsOf(names: readonly string[]): ReadonlySet<string> {
  const parents = new Set(['']);
  for (const name of names) {
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const parent = name.slice(dot + 1);
      // Whoever has it has what stands above it.
      if (parents.has(parent)) break;
      parents.add(parent);
    }
  }
  return parents;
}

/** What a name means inside the VPC. Pure. */
export function resolve(asked: string, type: string, zone: CompiledZone): Resolution {
  const name = asked.toLowerCase().replace(/\.$/, '');
  const pointer = pointedAddress(name);
  if (pointer !== undefined) {
    if (!zone.privateAddresses.has(pointer)) return { kind: 'unknown' };
    return type === 'PTR' || type === 'ANY' ? { kind: 'name', name: privateName(pointer, zone) } : { kind: 'empty' };
  }
  const addresses = addressesOf(name, zone);
  if (addresses === undefined) return { kind: zone.parents.has(name) ? 'empty' : 'unknown' };
  return type === 'A' || type === 'ANY' ? { kind: 'addresses', addresses } : { kind: 'empty' };
}

function addressesOf(name: string, zone: CompiledZone): readonly string[] | undefined {
  const known = zone.addresses.get(name);
  if (known !== undefined) return known;
  const [label = '', ...domain] = name.split('.');
  if (domain.join('.') === zone.privateDomain) {
    const address = /^ip-(\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3})$/.exec(label)?.[1]?.replaceAll('-', '.');
    return address !== undefined && zone.privateAddresses.has(address) ? [address] : undefined;
  }
  return addressesAbove(name, zone);
}

/** Of the nearest name above that stands for everything below it. */
function addressesAbove(name: string, { addresses }: CompiledZone): readonly string[] | undefined {
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const found = addresses.get(`*${name.slice(dot)}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

const privateName = (address: string, zone: CompiledZone): string => `ip-${address.replaceAll('.', '-')}.${zone.privateDomain}`;

function pointedAddress(name: string): string | undefined {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.in-addr\.arpa$/.exec(name)?.slice(1);
  return octets?.toReversed().join('.');
}
