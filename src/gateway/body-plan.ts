import { AwsError } from '../aws/aws-error.ts';
import { checksumAlgorithms, type ChecksumAlgorithm, checksumOf, isChecksumAlgorithm } from '../aws/checksum.ts';
import { checksumMismatch } from '../aws/chunked.ts';
import type { Headers } from '../aws/headers.ts';
import { sha256Hex } from '../aws/hmac.ts';
import type { ChunkedDecoding } from '../aws/message.ts';
import { unsignedPayload } from '../aws/sigv4.ts';
import type { Identity } from './authenticate.ts';

/** What the head of an S3 request says about its body. */
export interface BodyPlan {
  /** Decoded bytes; undefined when only the body itself will tell. */
  readonly size: number | undefined;
  readonly decode?: ChunkedDecoding;
  /** By algorithm, base64; `trailer` when the value comes after the body. */
  readonly expectedChecksums: Readonly<Record<string, string>>;
  /** Of the whole body, hexadecimal, when the signature covers it. */
  readonly expectedSha256?: string;
}

const checksumBytes: Readonly<Record<ChecksumAlgorithm, number>> = { crc32: 4, crc32c: 4, crc64nvme: 8, sha1: 20, sha256: 32, md5: 16 };

/**
 * Reads lengths, encoding and checksums from the head. Throws what S3 answers when they do not make sense. The checksums
 * are of the body, but for CompleteMultipartUpload, where they are of the object that it makes.
 */
export function planBody(headers: Headers, identity: Identity, ofBody: boolean): BodyPlan {
  // A hash that is under the signature stands; without one the body is what its header says.
  const signed = identity.verified?.payload ?? unsignedPayload;
  const payload = signed === unsignedPayload ? (headers.get('x-amz-content-sha256') ?? unsignedPayload) : signed;
  const decode = chunkedDecoding(headers, identity, payload);
  const size = decode === undefined ? readLength(headers, 'content-length') : decode.decodedLength;
  const expectedSha256 = /^[0-9a-f]{64}$/i.test(payload) ? { expectedSha256: payload.toLowerCase() } : {};
  return { size, ...(decode === undefined ? {} : { decode }), expectedChecksums: announcedChecksums(headers, decode, ofBody), ...expectedSha256 };
}

/** `STREAMING-…` says how a body is chunked; aws-chunked without that word is chunked and unsigned. */
function chunkedDecoding(headers: Headers, { stated, verified }: Identity, payload: string): ChunkedDecoding | undefined {
  const isChunked = /(^|,)\s*aws-chunked\s*(,|$)/i.test(headers.get('content-encoding') ?? '');
  if (!payload.startsWith('STREAMING-') && !isChunked) return undefined;
  const decodedLength = readLength(headers, 'x-amz-decoded-content-length');
  if (decodedLength === undefined) throw missingLength();
  const common = { decodedLength, ...announcedTrailer(headers) };
  if (!payload.startsWith('STREAMING-') || payload === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') return common;
  const trailerSigned = payload === 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER';
  if (!trailerSigned && payload !== 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD') {
    throw new AwsError('NotImplemented', 'A header you provided implies functionality that is not implemented', { status: 501 });
  }
  if (stated === undefined || verified === undefined || stated.form !== 'header') {
    throw new AwsError('InvalidRequest', 'A body with signed chunks needs a signature in the Authorization header.');
  }
  const { signingKey, scope } = verified;
  return { ...common, signature: { signingKey, seed: stated.signature, date: stated.date, scope, trailerSigned } };
}

function announcedTrailer(headers: Headers): { trailerChecksum?: string } {
  const trailer = headers.get('x-amz-trailer')?.trim().toLowerCase();
  if (trailer === undefined) return {};
  const algorithm = trailer.startsWith('x-amz-checksum-') ? trailer.slice('x-amz-checksum-'.length) : '';
  if (!isChecksumAlgorithm(algorithm) || algorithm === 'md5') {
    throw new AwsError('InvalidRequest', 'The value specified in the x-amz-trailer header is not supported');
  }
  return { trailerChecksum: algorithm };
}

function readLength(headers: Headers, name: string): number | undefined {
  const text = headers.get(name);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw new AwsError('InvalidArgument', `Invalid value for ${name}`, { detail: { ArgumentName: name, ArgumentValue: text } });
  return Number(text);
}

export const missingLength = (): AwsError =>
  new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.', { status: 411 });

function announcedChecksums(headers: Headers, decode: ChunkedDecoding | undefined, ofBody: boolean): Record<string, string> {
  const expected: Record<string, string> = {};
  const given = checksumAlgorithms.filter((algorithm) => algorithm !== 'md5' && headers.has(`x-amz-checksum-${algorithm}`));
  if (given.length > 1) throw severalChecksums();
  for (const algorithm of checksumAlgorithms) {
    const value = headers.get(algorithm === 'md5' ? 'content-md5' : `x-amz-checksum-${algorithm}`);
    if (value === undefined) continue;
    // That of an object from parts may have their number behind.
    const digest = ofBody || algorithm === 'md5' ? value : value.replace(/-\d{1,5}$/, '');
    if (!isBase64Of(digest, checksumBytes[algorithm])) throw invalidChecksum(algorithm);
    if (ofBody || algorithm === 'md5') expected[algorithm] = value;
  }
  if (decode?.trailerChecksum !== undefined) expected[decode.trailerChecksum] ??= 'trailer';
  const ofContent = Object.keys(expected).filter((algorithm) => algorithm !== 'md5');
  if (ofContent.length > 1) throw severalChecksums();
  if (ofBody && ofContent.length === 0 && headers.has('x-amz-sdk-checksum-algorithm')) throw missingChecksum();
  return expected;
}

const severalChecksums = (): AwsError =>
  new AwsError('InvalidRequest', 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');

const missingChecksum = (): AwsError =>
  new AwsError(
    'InvalidRequest',
    'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
  );

function isBase64Of(text: string, bytes: number): boolean {
  const decoded = Buffer.from(text, 'base64');
  return decoded.length === bytes && decoded.toString('base64') === text;
}

function invalidChecksum(algorithm: ChecksumAlgorithm): AwsError {
  if (algorithm === 'md5') return new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.');
  return new AwsError('InvalidRequest', `Value for x-amz-checksum-${algorithm} header is invalid.`);
}

/** Checks a body that is here, decoded, against what its head announced. Trailers were checked where it was decoded. */
export function checkBody(plan: BodyPlan, body: Uint8Array): void {
  if (plan.expectedSha256 !== undefined && sha256Hex(body) !== plan.expectedSha256) {
    const detail = { ClientComputedContentSHA256: plan.expectedSha256, S3ComputedContentSHA256: sha256Hex(body) };
    throw new AwsError('XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.", { detail });
  }
  for (const [algorithm, value] of Object.entries(plan.expectedChecksums)) {
    if (value === 'trailer' || !isChecksumAlgorithm(algorithm)) continue;
    if (checksumOf(algorithm, body) !== value) throw checksumMismatch(algorithm);
  }
}
