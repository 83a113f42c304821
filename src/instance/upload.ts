import { createHash, type Hash } from 'node:crypto';
import { constants, createGzip } from 'node:zlib';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import { assert } from '../stdx/assert.ts';
import { archive } from './archive.ts';
import { OrderFailed } from './failure.ts';
import { partBytes, partsAtOnce, partsMax } from './limits.ts';
import type { Storage } from './storage.ts';
import type { Transfer } from './transfer.ts';

export interface Destination {
  readonly bucket: string;
  readonly key: string;
}

/** The same bytes in pieces of `partBytes`, the last one smaller. */
async function* inParts(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let collected: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    let rest = chunk;
    while (length + rest.length >= partBytes) {
      const taken = partBytes - length;
      yield Buffer.concat([...collected, rest.subarray(0, taken)]);
      rest = rest.subarray(taken);
      collected = [];
      length = 0;
    }
    if (rest.length > 0) collected.push(rest);
    length += rest.length;
  }
  if (length > 0) yield Buffer.concat(collected);
}

/** A multipart upload that leaves nothing behind when it fails. */
class MultipartUpload {
  readonly #storage: Storage;
  readonly #to: Destination;
  readonly #transfer: Transfer;
  readonly #uploadId: string;
  readonly #parts: CompletedPart[] = [];
  readonly #running = new Set<Promise<void>>();
  #failure: unknown;

  private constructor(storage: Storage, to: Destination, transfer: Transfer, uploadId: string) {
    this.#storage = storage;
    this.#to = to;
    this.#transfer = transfer;
    this.#uploadId = uploadId;
  }

  static async begin(storage: Storage, to: Destination, transfer: Transfer): Promise<MultipartUpload> {
    const command = new CreateMultipartUploadCommand({ Bucket: to.bucket, Key: to.key });
    const { UploadId } = await storage.attempt('CreateMultipartUpload', to.bucket, to.key, () => storage.client.send(command));
    assert(UploadId !== undefined, 'S3 names every multipart upload it begins');
    return new MultipartUpload(storage, to, transfer, UploadId);
  }

  /** Starts sending a part; waits only while too many are under way. */
  async send(part: Buffer, number: number): Promise<void> {
    while (this.#running.size >= partsAtOnce) await Promise.race(this.#running);
    this.#throwFailure();
    if (number > partsMax) {
      const message = `the archive is larger than ${partsMax * partBytes} bytes`;
      throw new OrderFailed({ kind: 'local-files', attempted: `UploadPart s3://${this.#to.bucket}/${this.#to.key}`, message });
    }
    const sending: Promise<void> = this.#sendPart(part, number)
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => this.#running.delete(sending));
    this.#running.add(sending);
  }

  async complete(): Promise<void> {
    await Promise.all(this.#running);
    this.#throwFailure();
    const { bucket, key } = this.#to;
    const Parts = this.#parts.toSorted((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
    const command = new CompleteMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: this.#uploadId, MultipartUpload: { Parts } });
    await this.#storage.attempt('CompleteMultipartUpload', bucket, key, () => this.#storage.client.send(command));
  }

  /** Best effort: the failure that led here says more than one of this call. */
  async abort(): Promise<void> {
    await Promise.all(this.#running);
    const command = new AbortMultipartUploadCommand({ Bucket: this.#to.bucket, Key: this.#to.key, UploadId: this.#uploadId });
    await this.#storage.client.send(command).catch(() => undefined);
  }

  async #sendPart(Body: Buffer, PartNumber: number): Promise<void> {
    const { bucket, key } = this.#to;
    const command = new UploadPartCommand({ Bucket: bucket, Key: key, UploadId: this.#uploadId, PartNumber, Body });
    const sent = await this.#storage.attempt('UploadPart', bucket, key, () =>
      this.#storage.client.send(command, { abortSignal: this.#transfer.signal }),
    );
    this.#parts.push({ PartNumber, ETag: sent.ETag, ChecksumCRC32: sent.ChecksumCRC32 });
    this.#transfer.moved(0, Body.length);
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

async function uploadInParts(storage: Storage, to: Destination, first: Buffer, rest: AsyncIterable<Buffer>, transfer: Transfer): Promise<void> {
  const upload = await MultipartUpload.begin(storage, to, transfer);
  try {
    await upload.send(first, 1);
    let number = 2;
    for await (const part of rest) await upload.send(part, number++);
    await upload.complete();
  } catch (error) {
    await upload.abort();
    throw error;
  }
}

/** Stores bytes as one object, in parts when there are many. */
export async function uploadBytes(storage: Storage, to: Destination, bytes: AsyncIterable<Buffer>, transfer: Transfer): Promise<void> {
  const parts = inParts(bytes);
  try {
    const first = await parts.next();
    if (first.done !== true && first.value.length === partBytes) {
      await uploadInParts(storage, to, first.value, parts, transfer);
    } else {
      const Body = first.done === true ? Buffer.alloc(0) : first.value;
      const command = new PutObjectCommand({ Bucket: to.bucket, Key: to.key, Body });
      await storage.attempt('PutObject', to.bucket, to.key, () => storage.client.send(command, { abortSignal: transfer.signal }));
      transfer.moved(0, Body.length);
    }
    transfer.moved(1, 0);
  } finally {
    await parts.return(undefined);
  }
}

interface SentArchive {
  /** Paths that were left out. */
  readonly clashes: readonly string[];
  /** BLAKE2b of the object, hexadecimal. Undefined: there is none. */
  readonly digest?: string;
}

async function* hashed(bytes: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}

/** Archives the directories and stores them as one object. Nothing in them: no object, as on AWS. */
export async function uploadArchive(storage: Storage, directories: readonly string[], to: Destination, transfer: Transfer): Promise<SentArchive> {
  const clashes: string[] = [];
  const tar = archive(directories, clashes);
  const start = await tar.next();
  if (start.done === true) return { clashes };
  const whole = async function* (): AsyncGenerator<Buffer> {
    yield start.value;
    yield* tar;
  };
  try {
    // The fastest level: models are mostly numbers, of which more effort saves little.
    const packed = Readable.from(whole()).compose(createGzip({ level: constants.Z_BEST_SPEED })) as AsyncIterable<Buffer>;
    const hash = createHash('blake2b512');
    await uploadBytes(storage, to, hashed(packed, hash), transfer);
    return { clashes, digest: hash.digest('hex') };
  } finally {
    await tar.return(undefined);
  }
}
