import type { Readable } from 'node:stream';
import { AwsError } from '../aws/aws-error.ts';
import { createChecksum, isChecksumAlgorithm, type Checksum, type ChecksumAlgorithm } from '../aws/checksum.ts';
import { checksumMismatch, ChunkedDecoder, type ChunkedEnd } from '../aws/chunked.ts';
import type { ChunkedDecoding, Plan } from '../aws/message.ts';
import { assert } from '../stdx/assert.ts';
import type { ReceivedBlob } from '../store/blobs/blob.ts';
import { BlobTooLarge, receiveBlob, StreamClosed } from '../store/blobs/receive-blob.ts';

export type ReceivePlan = Extract<Plan, { kind: 'receive' }>;

/** The value of an expected checksum that comes after the body. */
const inTrailer = 'trailer';

/**
 * The whole body in memory, at most `maxBytes`; more is refused with `tooLarge`. Rejects with an `AwsError` when
 * aws-chunked is broken, with `StreamClosed` when the client goes away.
 */
export async function collectBody(
  source: Readable,
  maxBytes: number,
  tooLarge: AwsError,
  decoding?: ChunkedDecoding,
): Promise<Uint8Array<ArrayBuffer>> {
  const decoder = decoding === undefined ? undefined : new ChunkedDecoder(decoding);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const take = (chunk: Uint8Array): void => {
    for (const part of decoder?.push(chunk) ?? [chunk]) {
      bytes += part.length;
      if (bytes > maxBytes) throw tooLarge;
      parts.push(part);
    }
  };
  const onData = (chunk: Uint8Array): void => {
    try {
      take(chunk);
    } catch (error) {
      source.off('data', onData);
      reject(error);
    }
  };
  const closed = (): void => reject(new StreamClosed('the source closed before its end'));
  source.on('data', onData);
  source.on('end', resolve);
  source.on('error', reject);
  source.on('close', closed);
  if (source.destroyed) closed();
  await promise;
  decoder?.finish();
  // Its own memory: a view of the shared pool would cross between threads with the whole pool.
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Receives the body of a plan into the blob's file. Rejects with an `AwsError` when the body is not what was announced. */
export async function receiveBody(source: Readable, plan: ReceivePlan, path: string): Promise<ReceivedBlob> {
  const decoder = plan.decode === undefined ? undefined : new ChunkedDecoder(plan.decode);
  const judge = new BodyJudge(plan);
  try {
    const size = await receiveBlob(source, path, {
      maxBytes: plan.maxBytes,
      see: (chunk) => judge.see(chunk),
      verify: () => judge.verify(decoder?.finish()),
      ...(decoder === undefined ? {} : { decode: (chunk) => decoder.push(chunk) }),
    });
    return { blobId: plan.blobId, size, checksums: judge.checksums, ...(judge.md5 === undefined ? {} : { md5: judge.md5 }) };
  } catch (error) {
    if (error instanceof BlobTooLarge) throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
    throw error;
  }
}

/** Computes what the plan asks for while the bytes pass, and compares it with what was announced. */
class BodyJudge {
  readonly #plan: ReceivePlan;
  /** Each algorithm once, whoever asked for it. The decoder computes the trailer's itself. */
  readonly #running = new Map<ChecksumAlgorithm, Checksum>();
  /** Base64 by algorithm, after `verify`; MD5 apart. */
  readonly checksums: Record<string, string> = {};
  /** Hexadecimal, after `verify`. */
  md5: string | undefined;

  constructor(plan: ReceivePlan) {
    this.#plan = plan;
    for (const [name, value] of Object.entries(plan.expectedChecksums)) {
      assert(isChecksumAlgorithm(name), `${name} is a checksum`);
      assert(value !== inTrailer || plan.decode?.trailerChecksum === name, 'a checksum in the trailer is decoded with the body');
      if (value !== inTrailer) this.#running.set(name, createChecksum(name));
    }
    if (plan.computeMd5) this.#need('md5');
    if (plan.expectedSha256 !== undefined) this.#need('sha256');
  }

  see(chunk: Uint8Array): void {
    for (const checksum of this.#running.values()) checksum.update(chunk);
  }

  verify(end: ChunkedEnd | undefined): void {
    const { expectedChecksums, expectedSha256 } = this.#plan;
    const computed = new Map(Array.from(this.#running, ([name, checksum]) => [name, Buffer.from(checksum.digest())]));
    if (expectedSha256 !== undefined && computed.get('sha256')?.toString('hex') !== expectedSha256) {
      throw new AwsError('XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
    for (const [name, digest] of computed) {
      const expected = expectedChecksums[name];
      if (expected !== undefined && expected !== digest.toString('base64')) throw checksumMismatch(name);
      if (expected !== undefined && name !== 'md5') this.checksums[name] = digest.toString('base64');
    }
    this.md5 = computed.get('md5')?.toString('hex');
    Object.assign(this.checksums, end?.checksums);
  }

  #need(name: ChecksumAlgorithm): void {
    if (!this.#running.has(name)) this.#running.set(name, createChecksum(name));
  }
}
