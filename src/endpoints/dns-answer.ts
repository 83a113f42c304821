import { decode, type Packet } from 'dns-packet';
import { resolve, type CompiledZone, type Resolution } from './resolver.ts';

/** Short, because endpoints and interfaces come and go within a job. */
const ttlSeconds = 5;
/** Without EDNS (RFC 1035 §4.2.1); and what we send at most with it, so that no answer is cut into fragments. */
const plainUdpBytesMax = 512;
const udpAnswerBytesMax = 1232;
const codes = { none: 0, formatError: 1, nameError: 3, notImplemented: 4, refused: 5, badVersion: 16 } as const;
const headerBytes = 12;
const flags = { response: 0x8000, authoritative: 0x0400, truncated: 0x0200, recursionAvailable: 0x0080 } as const;
/** Operation, "recursion desired" and "checking disabled" come back as they were. */
const echoedFlags = 0x7910;
const [typeA, typePtr, typeOpt, classIn] = [1, 12, 41, 1];
/** The name that the question holds, by its place: so it comes back in the letters that it was asked in. */
const questionName = 0xc0_0c;

export interface DnsAnswer {
  /** The packet to send back. */
  readonly packet: Buffer;
  /** The question, when nothing here answers it: it is counted and shown. */
  readonly unanswered?: { readonly name: string; readonly type: string };
}

/** Answers one DNS message; undefined when it deserves none, because it is not a query or cannot be read. Pure. */
export function answerQuery(message: Uint8Array, zone: CompiledZone, transport: 'udp' | 'tcp'): DnsAnswer | undefined {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  let query: Packet;
  try {
    query = decode(bytes);
  } catch {
    return undefined;
  }
  return query.type === 'query' ? answerPacket(new Reply(bytes, query, transport), query, zone) : undefined;
}

function answerPacket(reply: Reply, query: Packet, zone: CompiledZone): DnsAnswer {
  const [question, ...others] = query.questions ?? [];
  if (!reply.isWellFormed || question === undefined || others.length > 0) return { packet: reply.refusal(codes.formatError) };
  if ((query as { opcode?: string }).opcode !== 'QUERY') return { packet: reply.refusal(codes.notImplemented) };
  if (reply.extensionsVersion !== undefined && reply.extensionsVersion !== 0) return { packet: reply.refusal(codes.badVersion) };
  const unanswered = { name: question.name.slice(0, 255), type: question.type };
  if (question.class !== 'IN' && question.class !== 'ANY') return { packet: reply.refusal(codes.refused), unanswered };
  const resolution = resolve(question.name, question.type, zone);
  if (resolution.kind === 'unknown') return { packet: reply.refusal(codes.nameError), unanswered };
  return { packet: reply.answer(recordsOf(resolution)) };
}

function recordsOf(resolution: Resolution): Buffer[] {
  if (resolution.kind === 'addresses') return resolution.addresses.map((address) => record(typeA, Buffer.from(address.split('.').map(Number))));
  return resolution.kind === 'name' ? [record(typePtr, encodeName(resolution.name))] : [];
}

function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(headerBytes);
  head.writeUInt16BE(questionName, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(classIn, 4);
  head.writeUInt32BE(ttlSeconds, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function encodeName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from(label, 'latin1'));
  return Buffer.concat([...labels.flatMap((label) => [Buffer.from([label.length]), label]), Buffer.alloc(1)]);
}

/** What is sent back for one query: its id and its question byte for byte, as who asked compares them. */
class Reply {
  readonly #query: Buffer;
  /** Empty when it cannot be told where the question ends. */
  readonly #question: Buffer;
  readonly #bytesMax: number;
  /** EDNS (RFC 6891); undefined: the query has none. */
  readonly extensionsVersion: number | undefined;
  readonly isWellFormed: boolean;

  constructor(query: Buffer, { questions, additionals }: Packet, transport: 'udp' | 'tcp') {
    const extensions = (additionals ?? []).flatMap((found) => (found.type === 'OPT' ? [found] : []));
    const [extension] = extensions;
    this.#query = query;
    this.#question = questions?.length === 1 ? questionOf(query) : Buffer.alloc(0);
    this.isWellFormed = extensions.length <= 1 && this.#question.length > 0;
    this.extensionsVersion = extension?.ednsVersion;
    const advertised = Math.max(plainUdpBytesMax, extension?.udpPayloadSize ?? 0);
    this.#bytesMax = transport === 'tcp' ? 0xff_ff : Math.min(udpAnswerBytesMax, advertised);
  }

  refusal(code: number): Buffer {
    return this.#packet(code, []);
  }

  /** The records, or the word that there are more than fit: who asked comes again by TCP. */
  answer(records: readonly Buffer[]): Buffer {
    const whole = this.#packet(codes.none, records);
    return whole.length <= this.#bytesMax ? whole : this.#packet(codes.none, [], flags.truncated);
  }

  #packet(code: number, records: readonly Buffer[], more = 0): Buffer {
    const header = Buffer.alloc(headerBytes);
    const extension = this.extensionsVersion === undefined ? Buffer.alloc(0) : extensionRecord(code);
    const echoed = this.#query.readUInt16BE(2) & echoedFlags;
    header.writeUInt16BE(this.#query.readUInt16BE(0), 0);
    header.writeUInt16BE(flags.response | flags.authoritative | flags.recursionAvailable | more | echoed | (code & 15), 2);
    header.writeUInt16BE(this.#question.length > 0 ? 1 : 0, 4);
    header.writeUInt16BE(records.length, 6);
    header.writeUInt16BE(extension.length > 0 ? 1 : 0, 10);
    return Buffer.concat([header, this.#question, ...records, extension]);
  }
}

/** Of the root name; the upper bits of the code are in it. */
function extensionRecord(code: number): Buffer {
  const bytes = Buffer.alloc(11);
  bytes.writeUInt16BE(typeOpt, 1);
  bytes.writeUInt16BE(udpAnswerBytesMax, 3);
  bytes.writeUInt8(code >> 4, 5);
  return bytes;
}

/** The bytes of the first question; none when its name is no plain list of labels. */
function questionOf(query: Buffer): Buffer {
  let at = headerBytes;
  for (let length = query[at]; length !== 0; length = query[at]) {
    if (length === undefined || length > 63) return Buffer.alloc(0);
    at += length + 1;
  }
  const end = at + 5;
  return end <= query.length ? query.subarray(headerBytes, end) : Buffer.alloc(0);
}
