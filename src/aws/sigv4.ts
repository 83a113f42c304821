import { equalBytes, hmacSha256, sha256Hex } from './hmac.ts';
import type { Headers } from './headers.ts';
import { basicDate, canonicalHeaders, canonicalPath, canonicalQuery, canonicalS3Path, parseBasicDate, splitTarget } from './sigv4-canonical.ts';

/** Why a signature does not hold. Each service has its own code and words for it (`signature-errors.ts`). */
export type SignatureProblem =
  | 'malformed'
  | 'malformed-query'
  | 'two-mechanisms'
  | 'unsupported'
  | 'skewed'
  | 'expired'
  | 'not-yet-valid'
  | 'unsigned-header'
  | 'mismatch';

export class SignatureError extends Error {
  override readonly name = 'SignatureError';
  readonly problem: SignatureProblem;
  constructor(problem: SignatureProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

export interface SignedRequest {
  readonly method: string;
  /** Raw, as it came. */
  readonly target: string;
  readonly headers: Headers;
}

/** A signature as the request states it. Nothing in it is proven. */
export interface StatedSignature {
  readonly form: 'header' | 'query' | 'query-v2';
  readonly accessKeyId: string;
  readonly sessionToken?: string;
  /** `20130524T000000Z` */
  readonly date: string;
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** Of a signature in the query. */
  readonly expires?: number;
}

/** A signature that holds. The key signs chunks; it is no secret of the account and lives a day. */
export interface VerifiedSignature {
  readonly signingKey: Uint8Array;
  readonly scope: string;
  /** `x-amz-content-sha256` or what stands for it: a hash, `UNSIGNED-PAYLOAD`, or a `STREAMING-…` word. */
  readonly payload: string;
}

export const unsignedPayload = 'UNSIGNED-PAYLOAD';
const algorithm = 'AWS4-HMAC-SHA256';
const allowedSkewMs = 15 * 60_000;
const longestPresignSeconds = 7 * 24 * 3600;
const authorization = /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+)\s*,\s*SignedHeaders=([^,\s]+)\s*,\s*Signature=([0-9a-f]{64})$/;

/** Finds the signature of a request, in the header or the query; undefined when the request is unsigned. */
export function findSignature(request: SignedRequest): StatedSignature | undefined {
  const query = new URLSearchParams(splitTarget(request.target)[1]);
  const header = request.headers.get('authorization');
  const inQuery = query.has('X-Amz-Algorithm') || query.has('X-Amz-Signature');
  const inQueryV2 = query.has('AWSAccessKeyId') && query.has('Signature');
  if (header !== undefined) {
    if (inQuery || inQueryV2) {
      const mechanisms = 'only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified';
      throw new SignatureError('two-mechanisms', `Only one auth mechanism allowed; ${mechanisms}`);
    }
    return fromHeader(header, request.headers);
  }
  if (inQuery) return fromQuery(query);
  return inQueryV2 ? fromQueryV2(query) : undefined;
}

function fromHeader(header: string, headers: Headers): StatedSignature {
  if (!header.startsWith(algorithm)) {
    throw new SignatureError('unsupported', `The authorization mechanism you have provided is not supported. Please use ${algorithm}.`);
  }
  const found = authorization.exec(header);
  if (found === null) throw new SignatureError('malformed', 'The authorization header requires Credential, SignedHeaders and Signature.');
  const [, credential = '', signed = '', signature = ''] = found;
  const sessionToken = headers.get('x-amz-security-token');
  const date = headers.get('x-amz-date') ?? fromHttpDate(headers.get('date'));
  return {
    form: 'header',
    ...readCredential(credential),
    ...(sessionToken === undefined ? {} : { sessionToken }),
    date,
    signedHeaders: signed.split(';'),
    signature,
  };
}

function fromHttpDate(text: string | undefined): string {
  const date = new Date(text ?? '');
  if (Number.isNaN(date.getTime()))
    throw new SignatureError('malformed', "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  return basicDate(date);
}

function fromQuery(query: URLSearchParams): StatedSignature {
  const parameter = (name: string): string => query.get(`X-Amz-${name}`) ?? '';
  if (parameter('Algorithm') !== algorithm) throw new SignatureError('malformed-query', `X-Amz-Algorithm only supports "${algorithm}"`);
  if (!/^[0-9a-f]{64}$/.test(parameter('Signature'))) throw new SignatureError('malformed-query', 'X-Amz-Signature must be 64 hexadecimal digits');
  const expires = Number(parameter('Expires'));
  if (!Number.isInteger(expires) || expires < 1 || expires > longestPresignSeconds) {
    throw new SignatureError('malformed-query', `X-Amz-Expires must be between 1 and ${longestPresignSeconds} seconds`);
  }
  const token = query.get('X-Amz-Security-Token');
  const { length } = [...query.keys()].filter((name) => name.startsWith('X-Amz-'));
  if (new Set([...query.keys()].filter((name) => name.startsWith('X-Amz-'))).size !== length) {
    throw new SignatureError('malformed-query', 'A parameter of the signature is given more than once.');
  }
  return {
    form: 'query',
    ...readCredential(parameter('Credential')),
    ...(token === null ? {} : { sessionToken: token }),
    date: parameter('Date'),
    signedHeaders: parameter('SignedHeaders').split(';'),
    signature: parameter('Signature'),
    expires,
  };
}

/** boto3 and AWS CLI 1 presign S3 URLs this way for endpoints of one's own. It names no region, service or headers. */
function fromQueryV2(query: URLSearchParams): StatedSignature {
  const token = query.get('x-amz-security-token');
  return {
    form: 'query-v2',
    accessKeyId: query.get('AWSAccessKeyId') ?? '',
    ...(token === null ? {} : { sessionToken: token }),
    date: '',
    day: '',
    region: '',
    service: 's3',
    signedHeaders: [],
    signature: query.get('Signature') ?? '',
    expires: Number(query.get('Expires') ?? Number.NaN),
  };
}

function readCredential(credential: string): { accessKeyId: string; day: string; region: string; service: string } {
  const [accessKeyId = '', day = '', region = '', service = '', end = '', ...others] = credential.split('/');
  if (others.length > 0 || end !== 'aws4_request' || !/^\d{8}$/.test(day) || accessKeyId === '' || region === '' || service === '') {
    throw new SignatureError('malformed', 'The Credential is malformed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".');
  }
  return { accessKeyId, day, region, service };
}

/** How many derived keys are kept. Each is good for a key id, day, region and service. */
const keptKeys = 500;

/** Verifies signatures of version 4. Keeps the derived keys, which saves four HMACs per request. */
export class SigV4Verifier {
  readonly #keys = new Map<string, { readonly secret: string; readonly key: Uint8Array }>();

  /** @param bodyHash the hexadecimal SHA-256 of the body, which S3's requests state themselves */
  verify(request: SignedRequest, stated: StatedSignature, secret: string, now: Date, bodyHash: () => string): VerifiedSignature {
    checkTime(stated, now);
    checkSignedHeaders(stated, request.headers);
    const [path, query] = splitTarget(request.target);
    const isS3 = stated.service === 's3';
    const payload = payloadOf(request, stated, bodyHash);
    const signed = stated.signedHeaders;
    const canonical = [
      request.method,
      isS3 ? canonicalS3Path(path) : canonicalPath(path),
      canonicalQuery(query),
      canonicalHeaders(signed, request.headers),
      signed.join(';'),
      payload,
    ].join('\n');
    const scope = `${stated.day}/${stated.region}/${stated.service}/aws4_request`;
    const signingKey = this.#signingKey(stated, secret);
    // The strings of headers are bytes (latin1), and so they were signed.
    const text = `${algorithm}\n${stated.date}\n${scope}\n${sha256Hex(Buffer.from(canonical, 'latin1'))}`;
    if (!equalBytes(hmacSha256(signingKey, text), Buffer.from(stated.signature, 'hex'))) {
      throw new SignatureError('mismatch', 'The request signature we calculated does not match the signature you provided.');
    }
    return { signingKey, scope, payload };
  }

  #signingKey({ accessKeyId, day, region, service }: StatedSignature, secret: string): Uint8Array {
    const name = `${accessKeyId}/${day}/${region}/${service}`;
    const kept = this.#keys.get(name);
    if (kept !== undefined && kept.secret === secret) return kept.key;
    const key = deriveSigningKey(secret, day, region, service);
    if (this.#keys.size >= keptKeys) this.#keys.clear();
    this.#keys.set(name, { secret, key });
    return key;
  }
}

export function deriveSigningKey(secret: string, day: string, region: string, service: string): Uint8Array {
  return hmacSha256(hmacSha256(hmacSha256(hmacSha256(`AWS4${secret}`, day), region), service), 'aws4_request');
}

function checkTime({ form, date, day, expires }: StatedSignature, now: Date): void {
  const signedAt = parseBasicDate(date);
  if (signedAt === undefined)
    throw new SignatureError('malformed', "The date of the signature must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  if (date.slice(0, 8) !== day)
    throw new SignatureError('malformed', 'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP');
  const ageMs = now.getTime() - signedAt;
  if (form === 'header' && Math.abs(ageMs) > allowedSkewMs) {
    const bound = basicDate(new Date(now.getTime() - Math.sign(ageMs) * allowedSkewMs));
    const text =
      ageMs > 0 ? `Signature expired: ${date} is now earlier than ${bound}` : `Signature not yet current: ${date} is still later than ${bound}`;
    throw new SignatureError('skewed', `${text} (${basicDate(now)} ${ageMs > 0 ? '-' : '+'} 15 min.)`);
  }
  if (form === 'query' && ageMs > (expires ?? 0) * 1000) throw new SignatureError('expired', 'Request has expired');
  if (form === 'query' && ageMs < -allowedSkewMs) throw new SignatureError('not-yet-valid', 'Request is not yet valid');
}

/** `Host` and every `x-amz-` header that is there must be under the signature: they change what the request means. */
function checkSignedHeaders({ signedHeaders, form }: StatedSignature, headers: Headers): void {
  const signed = new Set(signedHeaders);
  if (!signed.has('host')) throw new SignatureError('unsigned-header', "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  for (const name of headers.keys()) {
    if (!name.startsWith('x-amz-') || signed.has(name)) continue;
    // A presigned URL's signature says how the payload is covered, whatever this header says.
    if (form === 'query' && name === 'x-amz-content-sha256') continue;
    throw new SignatureError('unsigned-header', `There were headers present in the request which were not signed: ${name}`);
  }
}

function payloadOf({ target, headers }: SignedRequest, { form, service }: StatedSignature, bodyHash: () => string): string {
  // Only S3 takes the word of a header for a body that it has not read.
  if (service !== 's3') return bodyHash();
  const stated = headers.get('x-amz-content-sha256');
  if (form === 'header') return stated ?? bodyHash();
  const inQuery = new URLSearchParams(splitTarget(target)[1]).get('X-Amz-Content-Sha256');
  return inQuery ?? unsignedPayload;
}
