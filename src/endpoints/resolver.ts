import { AUTHORITATIVE_ANSWER, decode, encode, RECURSION_AVAILABLE, RECURSION_DESIRED, type Answer, type Packet, type Question } from 'dns-packet';
import { s3Address } from '../model/network/reserved.ts';
import { s3HostNames, s3RepositoryHostNames } from './s3-host-names.ts';

/** What the resolver of one VPC knows. A plain value: it crosses to the worker that owns the sockets. */
export interface ResolverZone {
  readonly region: string;
  /** Addresses of the VPC's network interfaces; each has its `ip-10-0-1-4.…` name. */
  readonly privateAddresses: readonly string[];
  /** Private DNS of interface endpoints, and names at the internet edge: host name, lower-case, to addresses. */
  readonly names: Readonly<Record<string, readonly string[]>>;
}

/** The zone with its lists made ready for looking up. */
export interface CompiledZone {
  readonly privateDomain: string;
  readonly s3Hosts: readonly string[];
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  readonly privateAddresses: ReadonlySet<string>;
}

/** `unknown`: no such name here. Nothing is ever asked elsewhere: a resolver that forwards is a way out for data. */
export type Resolution =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  | { readonly kind: 'name'; readonly name: string }
  /** The name exists and has no record of this type, such as an IPv6 address. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'unknown' };

/** Short, because endpoints and interfaces come and go within a job. */
const ttlSeconds = 5;
export const udpAnswerBytesMax = 1232;
const [formatError, nameError, notImplemented, refused] = [1, 3, 4, 5];

export function compileZone(zone: ResolverZone): CompiledZone {
  const addresses = new Map(Object.entries(zone.names));
  for (const name of [...s3HostNames(zone.region), ...s3RepositoryHostNames(zone.region)]) addresses.set(name, [s3Address]);
  return {
    // AWS: "ip-private-ipv4-address.ec2.internal" in us-east-1, ".REGION.compute.internal" elsewhere.
    privateDomain: zone.region === 'us-east-1' ? 'ec2.internal' : `${zone.region}.compute.internal`,
    s3Hosts: s3HostNames(zone.region),
    addresses,
    privateAddresses: new Set(zone.privateAddresses),
  };
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
  if (addresses === undefined) return { kind: 'unknown' };
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
  // A bucket in front of an S3 name; a bucket's own name may hold dots.
  return zone.s3Hosts.some((host) => name.endsWith(`.${host}`)) ? [s3Address] : undefined;
}

const privateName = (address: string, zone: CompiledZone): string => `ip-${address.replaceAll('.', '-')}.${zone.privateDomain}`;

function pointedAddress(name: string): string | undefined {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.in-addr\.arpa$/.exec(name)?.slice(1);
  return octets?.toReversed().join('.');
}

export interface DnsAnswer {
  /** The packet to send back. */
  readonly packet: Buffer;
  /** The question, when nothing here answers it: it is counted and shown. */
  readonly unanswered?: { readonly name: string; readonly type: string };
}

/** Answers one DNS message; undefined when it deserves none, because it is not a query or cannot be read. Pure. */
export function answerQuery(message: Uint8Array, zone: CompiledZone): DnsAnswer | undefined {
  try {
    return answerPacket(decode(Buffer.from(message.buffer, message.byteOffset, message.byteLength)), zone);
  } catch {
    // Neither reading nor echoing what someone sent may end the worker.
    return undefined;
  }
}

function answerPacket(query: Packet, zone: CompiledZone): DnsAnswer | undefined {
  if (query.type !== 'query') return undefined;
  const [question, ...others] = query.questions ?? [];
  if (question === undefined || others.length > 0) return { packet: reply(query, formatError) };
  if ((query as { opcode?: string }).opcode !== 'QUERY') return { packet: reply(query, notImplemented, question) };
  const unanswered = { name: question.name.slice(0, 255), type: question.type };
  if (question.class !== 'IN' && question.class !== 'ANY') {
    return { packet: reply(query, refused, question), unanswered };
  }
  const resolution = resolve(question.name, question.type, zone);
  if (resolution.kind === 'unknown') return { packet: reply(query, nameError, question), unanswered };
  return { packet: reply(query, 0, question, records(question.name, resolution)) };
}

function records(name: string, resolution: Resolution): Answer[] {
  if (resolution.kind === 'addresses') {
    return resolution.addresses.map((data): Answer => ({ type: 'A', class: 'IN', name, ttl: ttlSeconds, data }));
  }
  return resolution.kind === 'name' ? [{ type: 'PTR', class: 'IN', name, ttl: ttlSeconds, data: resolution.name }] : [];
}

function reply(query: Packet, code: number, question?: Question, answers: Answer[] = []): Buffer {
  const asksExtended = (query.additionals ?? []).some(({ type }) => type === 'OPT');
  return encode({
    type: 'response',
    id: query.id ?? 0,
    flags: AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | ((query.flags ?? 0) & RECURSION_DESIRED) | code,
    questions: question === undefined ? [] : [question],
    answers,
    ...(asksExtended
      ? {
          additionals: [
            { type: 'OPT', name: '.', udpPayloadSize: udpAnswerBytesMax, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] },
          ],
        }
      : {}),
  });
}
