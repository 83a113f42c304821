import { AwsError } from './aws-error.ts';
import { decodeHeader, encodeHeader, type Headers, readHeaderList, writeHeaderList } from './headers.ts';
import { readText, writeText } from './text.ts';
import { isStreamed, type Member, type OperationShape, type Structure } from './shape.ts';
import { decodeXml } from './xml-decode.ts';
import { malformedXml, parseXml } from './xml-reader.ts';
import { escapeXml, writeMembers, xmlDeclaration } from './xml-writer.ts';

/** A REST request, taken apart. */
export interface RestRequest {
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** Absent while it is not here yet, or when it is streamed. */
  readonly body?: Uint8Array;
}

/** A REST reply before it has its request id. `body` may be what the operation gave for a streamed member. */
export interface RestReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** S3 takes it in any case: clients on the Common Runtime (the AWS CLI v2 is one) send `enabled`, the model says `ENABLED`. */
const checksumMode = 'ChecksumMode';

const isBound = ({ traits }: Member): boolean =>
  traits.httpLabel === 1 || traits.httpQuery !== undefined || traits.httpHeader !== undefined || traits.httpPrefixHeaders !== undefined;

/** Whether the operation reads its request's body into its input (and not as a stream of bytes). */
export const readsBody = (operation: OperationShape): boolean => operation.input.members.some((member) => !isBound(member) && !isStreamed(member));

/** The input of a REST operation, from path, query, headers and body. The streamed body is not in it. */
export function readRest(operation: OperationShape, request: RestRequest): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  const unbound: Member[] = [];
  for (const member of operation.input.members) {
    if (isBound(member)) setIfPresent(input, member.name, readBound(member, request));
    else if (member.traits.httpPayload !== 1) unbound.push(member);
    else if (!isStreamed(member)) setIfPresent(input, member.name, readPayload(member, request.body));
  }
  if (unbound.length > 0 && request.body !== undefined && request.body.length > 0) {
    const value = decodeXml(operation.input, parseXml(request.body));
    for (const { name } of unbound) setIfPresent(input, name, value[name]);
  }
  return input;
}

function setIfPresent(output: Record<string, unknown>, name: string, value: unknown): void {
  if (value !== undefined) output[name] = value;
}

function readBound(member: Member, request: RestRequest): unknown {
  const { traits } = member;
  if (traits.httpLabel === 1) return member.name === 'Bucket' ? request.bucket : request.key;
  if (traits.httpPrefixHeaders !== undefined) return prefixed(traits.httpPrefixHeaders.toLowerCase(), request.headers);
  if (traits.httpQuery !== undefined) {
    const values = request.query.getAll(traits.httpQuery);
    if (member.shape.kind === 'list') return values.length === 0 ? undefined : values;
    return values[0] === undefined ? undefined : readSimple(member, values[0]);
  }
  const value = request.headers.get((traits.httpHeader ?? '').toLowerCase());
  if (value === undefined) return undefined;
  if (member.shape.kind === 'list') return readHeaderList(value);
  return readSimple(member, member.name === checksumMode ? value.toUpperCase() : value);
}

function readSimple(member: Member, text: string): unknown {
  const { shape, traits } = member;
  if (shape.kind === 'structure' || shape.kind === 'list' || shape.kind === 'map') return undefined;
  const value = readText(shape, text);
  if (value !== undefined) return value;
  const name = traits.httpQuery ?? traits.httpHeader ?? member.name;
  throw new AwsError('InvalidArgument', `Provided ${name} not a valid ${shape.kind}`, { detail: { ArgumentName: name, ArgumentValue: text } });
}

/** User metadata: clients send UTF-8, the socket gives latin1. */
function prefixed(prefix: string, headers: Headers): Record<string, string> | undefined {
  const entries = [...headers].filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), decodeHeader(value)]);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as Record<string, string>);
}

function readPayload(member: Member, body: Uint8Array | undefined): unknown {
  if (body === undefined || body.length === 0) return undefined;
  if (member.shape.kind === 'structure') return decodeXml(member.shape, parseXml(body));
  if (member.shape.kind === 'blob') return body;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw malformedXml();
  }
}

/** Status, headers and body of a REST output. */
export function writeRest(operation: OperationShape, output: any, xmlNamespace: string): RestReply {
  const { output: shape, traits } = operation;
  const headers: Record<string, string> = {};
  const unbound: Member[] = [];
  // The model knows one status per operation; a range is always partial content.
  let status = output['ContentRange'] === undefined ? (traits.http?.[2] ?? 200) : 206;
  let body: unknown;
  for (const member of shape.members) {
    const value: unknown = output[member.name];
    if (!isBound(member) && member.traits.httpPayload !== 1 && member.traits.httpResponseCode !== 1) unbound.push(member);
    else if (value === undefined || value === null) continue;
    else if (member.traits.httpResponseCode === 1) status = value as number;
    else if (member.traits.httpPayload === 1) body = writePayload(member, value, headers, xmlNamespace);
    else Object.assign(headers, writeBound(member, value));
  }
  if (unbound.length > 0) {
    headers['content-type'] = 'application/xml';
    body = xmlDeclaration + writeRoot(shape, unbound, output, xmlNamespace);
  }
  return { status, headers, ...(body === undefined ? {} : { body }) };
}

function writePayload(member: Member, value: any, headers: Record<string, string>, xmlNamespace: string): unknown {
  const { shape, traits } = member;
  if (shape.kind !== 'structure' || isStreamed(member)) return value;
  headers['content-type'] = 'application/xml';
  const tag = traits.xmlName ?? shape.name;
  return `${xmlDeclaration}<${tag} xmlns="${escapeXml(xmlNamespace)}">${writeMembers(value, shape.members)}</${tag}>`;
}

function writeBound({ shape, traits }: Member, value: any): Record<string, string> {
  if (traits.httpPrefixHeaders !== undefined) {
    const entries = Object.entries(value as Record<string, string>);
    return Object.fromEntries(entries.map(([name, text]) => [`${traits.httpPrefixHeaders}${name}`, encodeHeader(text)]));
  }
  const name = (traits.httpHeader ?? '').toLowerCase();
  if (shape.kind === 'list') return { [name]: writeHeaderList(value as readonly string[]) };
  if (shape.kind === 'structure' || shape.kind === 'map') return {};
  return { [name]: encodeHeader(writeText(shape, value, 'http-date')) };
}

function writeRoot(shape: Structure, members: readonly Member[], output: any, xmlNamespace: string): string {
  const tag = shape.traits.xmlName ?? shape.name;
  const opening = `<${tag} xmlns="${escapeXml(xmlNamespace)}">`;
  // GetBucketLocation: the root element is the value itself (`s3UnwrappedXmlOutput`, which the tables do not have).
  const unwrapped = members.length === 1 && members[0]?.name === tag;
  return `${opening}${unwrapped ? escapeXml(String(output[tag] ?? '')) : writeMembers(output, members)}</${tag}>`;
}
