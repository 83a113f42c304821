import { Readable } from 'node:stream';
import { AwsError } from '../aws/aws-error.ts';
import type { ChunkedDecoding, Plan } from '../aws/message.ts';
import type { ReceivedBlob } from '../store/blobs/blob.ts';
import { BlobTooLarge, receiveBlob, StreamClosed } from '../store/blobs/receive-blob.ts';
import { bodyTools, hashChecksum, type ChunkedDecoder, type RunningChecksum } from './body-tools.ts';

export type ReceivePlan = Extract<Plan, { kind: 'receive' }>;

/** The value of an expected checksum that comes after the body. */
const inTrailer = 'trailer';

/** A body that is not what its head announced: the client's fault, in S3's words. */
const refused = (code: string, message: string): AwsError => new AwsError(code, message);

/** The bytes of the body as they were meant: aws-chunked taken off when the plan says so. */
function decoded(source: Readable, decoding: ChunkedDecoding | undefined): { body: Readable; decoder?: ChunkedDecoder } {
  if (decoding === undefined) return { body: source };
  const decoder = bodyTools.decoder(decoding);
  // `pipe` passes data and end only; a client that goes away must end the decoder too.
  source.on('error', (error) => decoder.destroy(error));
  source.on('close', () => source.readableEnded || decoder.destroy(new StreamClosed('the source closed before its end')));
  source.pipe(decoder);
  return { body: decoder, decoder };
}

/** The whole body in memory, at most `maxBytes`; more is refused with `tooLarge`. Rejects with `StreamClosed` when the client goes away. */
export async function collectBody(
  source: Readable,
  maxBytes: number,
  tooLarge: AwsError,
  decoding?: ChunkedDecoding,
): Promise<Uint8Array<ArrayBuffer>> {
  const { body } = decoded(source, decoding);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  body.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > maxBytes) reject(tooLarge);
    else chunks.push(chunk);
  });
  body.on('end', resolve);
  body.on('error', reject);
  body.on('close', () => reject(new StreamClosed('the source closed before its end')));
  if (body.destroyed) reject(new StreamClosed('the source closed before its end'));
  await promise;
  if (decoding?.decodedLength !== undefined && decoding.decodedLength !== bytes) throw incomplete();
  // Its own memory: a view of the shared pool would cross between threads with the whole pool.
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

const incomplete = (): AwsError => refused('IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header');

/** Receives the body of a plan into the blob's file. Rejects with an `AwsError` when the body is not what was announced. */
export async function receiveBody(source: Readable, plan: ReceivePlan, path: string): Promise<ReceivedBlob> {
  const { body, decoder } = decoded(source, plan.decode);
  const judge = new BodyJudge(plan);
  try {
    const size = await receiveBlob(body, path, {
      maxBytes: plan.maxBytes,
      see: (chunk) => judge.see(chunk),
      verify: (bytes) => judge.verify(bytes, decoder?.trailers),
    });
    return { blobId: plan.blobId, size, checksums: judge.checksums, ...(judge.md5 === undefined ? {} : { md5: judge.md5 }) };
  } catch (error) {
    if (error instanceof BlobTooLarge) throw refused('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
    throw error;
  }
}

/** Computes what the plan asks for while the bytes pass, and compares it with what was announced. */
class BodyJudge {
  readonly #plan: ReceivePlan;
  readonly #running: ReadonlyMap<string, RunningChecksum>;
  readonly #sha256: RunningChecksum | undefined;
  readonly #md5: RunningChecksum | undefined;
  readonly checksums: Record<string, string> = {};
  /** Hexadecimal, after `verify`. */
  md5: string | undefined;

  constructor(plan: ReceivePlan) {
    this.#plan = plan;
    const announced = Object.keys(plan.expectedChecksums);
    this.#running = new Map(announced.filter((name) => name !== 'md5').map((name) => [name, bodyTools.checksum(name)]));
    this.#md5 = plan.computeMd5 || announced.includes('md5') ? hashChecksum('md5') : undefined;
    // The signature's SHA-256 is the announced checksum's too, when both are there.
    this.#sha256 = plan.expectedSha256 === undefined ? undefined : (this.#running.get('sha256') ?? hashChecksum('sha256'));
  }

  see(chunk: Uint8Array): void {
    for (const checksum of this.#running.values()) checksum.update(chunk);
    if (this.#sha256 !== undefined && this.#sha256 !== this.#running.get('sha256')) this.#sha256.update(chunk);
    this.#md5?.update(chunk);
  }

  verify(size: number, trailers: ReadonlyMap<string, string> | undefined): void {
    const { decode, expectedChecksums, expectedSha256 } = this.#plan;
    if (decode?.decodedLength !== undefined && decode.decodedLength !== size) throw incomplete();
    for (const [name, checksum] of this.#running) this.checksums[name] = checksum.digest();
    const sha256 =
      this.checksums['sha256'] !== undefined && this.#sha256 === this.#running.get('sha256') ? this.checksums['sha256'] : this.#sha256?.digest();
    if (expectedSha256 !== undefined && sha256 !== Buffer.from(expectedSha256, 'hex').toString('base64')) {
      throw refused('XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
    const md5 = this.#md5?.digest();
    if (md5 !== undefined) this.md5 = Buffer.from(md5, 'base64').toString('hex');
    if (expectedChecksums['md5'] !== undefined && expectedChecksums['md5'] !== md5) {
      throw refused('BadDigest', 'The Content-MD5 you specified did not match what we received.');
    }
    for (const [name, computed] of Object.entries(this.checksums)) this.#compare(name, computed, trailers);
  }

  #compare(name: string, computed: string, trailers: ReadonlyMap<string, string> | undefined): void {
    const announced = this.#plan.expectedChecksums[name];
    const expected = announced === inTrailer ? trailers?.get(`x-amz-checksum-${name}`) : announced;
    if (expected === undefined) {
      throw refused(
        'MalformedTrailerError',
        'The request contained trailing data that was not well-formed or did not conform to our published schema.',
      );
    }
    if (expected !== computed) throw refused('BadDigest', `The ${name.toUpperCase()} you specified did not match the calculated checksum.`);
  }
}
