import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { sleep } from '../stdx/deadline.ts';
import { inTurns } from '../stdx/in-turns.ts';
import type { Permits } from '../stdx/permits.ts';
import { refuse, type ChannelObject, type Seen } from './channel-objects.ts';
import { changesMax, rangeBytes, s3AgainMs, s3Attempts, transfersMax, writeBytes } from './limits.ts';
import type { Storage } from './storage.ts';
import type { Transfer } from './transfer.ts';

/** The object's content is another one than before. */
export class Changed extends Error {
  override readonly name = 'Changed';
}

/** Half open. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The ranges of an object, the last one smaller. */
export function rangesOf(size: number, bytes: number): readonly ByteRange[] {
  return Array.from({ length: Math.ceil(size / bytes) }, (_, index) => ({ start: index * bytes, end: Math.min(size, (index + 1) * bytes) }));
}

/** An object as it is now, with its body. Not by HEAD: its refusals say nothing. */
export interface OpenObject {
  readonly seen: Seen;
  readonly body: Readable;
}

export async function openObject(storage: Storage, { bucket, key }: ChannelObject, signal: AbortSignal): Promise<OpenObject> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key });
  const {
    ContentLength = 0,
    ETag = '',
    Body,
  } = await storage.attempt('GetObject', bucket, key, () => storage.client.send(command, { abortSignal: signal }));
  return { seen: { size: ContentLength, etag: ETag }, body: Body as Readable };
}

const isBrokenOff = (error: unknown): boolean => {
  const { name, code = '' } = error as NodeJS.ErrnoException;
  return name === 'TimeoutError' || ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ETIMEDOUT', 'EPIPE'].includes(code);
};

/**
 * Reads a range of one content of an object and gives it on in order. What breaks off is asked for again from where it
 * broke; another content is `Changed`.
 */
export async function readRange(
  storage: Storage,
  { bucket, key }: ChannelObject,
  { start, end, seen, body }: ByteRange & { readonly seen: Seen; readonly body?: Readable | undefined },
  take: (chunk: Buffer) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const attempted = `GetObject s3://${bucket}/${key}`;
  let position = start;
  let opened = body;
  const whole = start === 0 && end === seen.size;
  await storage.attempt('GetObject', bucket, key, async () => {
    for (let attempt = 1; ; attempt += 1) {
      const before = position;
      // The whole object in one request: S3 sends its checksum only then, and the client verifies it.
      const Range = whole && position === 0 ? undefined : `bytes=${position}-${end - 1}`;
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...(seen.etag !== '' && { IfMatch: seen.etag }), ...(Range && { Range }) });
      try {
        const stream = opened ?? ((await storage.client.send(command, { abortSignal: signal })).Body as Readable);
        opened = undefined;
        for await (const chunk of stream as AsyncIterable<Buffer>) {
          if (position + chunk.length > end) throw new Changed();
          await take(chunk);
          position += chunk.length;
        }
        if (position === end) return;
        throw Object.assign(new Error(`the body ended ${end - position} bytes early`), { code: 'ECONNRESET' });
      } catch (error) {
        if (isChanged(error)) throw new Changed();
        if ((error as Error).message.startsWith('Checksum mismatch')) refuse(attempted, 'the bytes do not have the checksum that S3 gave');
        if (position > before) attempt = 1;
        if (!isBrokenOff(error) || attempt === s3Attempts || signal.aborted) throw error;
        await sleep(s3AgainMs, signal);
      }
    }
  });
}

/** `If-Match` does not hold, or the object became so short that the range is not in it. */
const isChanged = (error: unknown): boolean =>
  error instanceof Changed || ['PreconditionFailed', 'InvalidRange'].includes(error instanceof Error ? error.name : '');

/** Collects chunks, so that a range is written in few large pieces at its place. */
class RangeWriter {
  readonly #file: FileHandle;
  #position: number;
  #collected: Buffer[] = [];
  #length = 0;

  constructor(file: FileHandle, start: number) {
    this.#file = file;
    this.#position = start;
  }

  async take(chunk: Buffer): Promise<void> {
    this.#collected.push(chunk);
    this.#length += chunk.length;
    if (this.#length >= writeBytes) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#length === 0) return;
    const [chunks, position] = [this.#collected, this.#position];
    this.#position += this.#length;
    this.#collected = [];
    this.#length = 0;
    const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    for (let written = 0; written < bytes.length;) {
      written += (await this.#file.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
    }
  }
}

/** What fetching needs of its order. */
export interface Fetching {
  readonly storage: Storage;
  readonly transfer: Transfer;
  readonly permits: Permits;
}

async function fetchRange(
  { storage, transfer }: Fetching,
  object: ChannelObject,
  range: Parameters<typeof readRange>[2],
  file: FileHandle,
): Promise<void> {
  const writer = new RangeWriter(file, range.start);
  await readRange(storage, object, range, async (chunk) => await writer.take(chunk), transfer.signal);
  await writer.flush();
  transfer.moved(0, range.end - range.start);
}

async function fetchContent(fetching: Fetching, object: ChannelObject, seen: Seen, file: FileHandle): Promise<void> {
  await inTurns(rangesOf(seen.size, rangeBytes), transfersMax, async (range) => {
    await fetching.permits.run(async () => await fetchRange(fetching, object, { ...range, seen }, file));
  });
}

/** Of a small object the answer that told its size is its content, too. */
async function fetchUnseen(fetching: Fetching, object: ChannelObject, file: FileHandle): Promise<void> {
  const { storage, transfer, permits } = fetching;
  const large = await permits.run(async () => {
    const { seen, body } = await openObject(storage, object, transfer.signal);
    const isLarge = seen.size > rangeBytes;
    if (isLarge) body.destroy();
    else await fetchRange(fetching, object, { start: 0, end: seen.size, seen, body }, file);
    return isLarge ? seen : undefined;
  });
  if (large !== undefined) await fetchContent(fetching, object, large, file);
}

/** Fills an empty file with the object, all of it the same content: one that changes meanwhile is begun anew. */
export async function fetchObject(fetching: Fetching, object: ChannelObject, file: FileHandle): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (attempt === 1 && object.seen !== undefined) return await fetchContent(fetching, object, object.seen, file);
      await file.truncate(0);
      return await fetchUnseen(fetching, object, file);
    } catch (error) {
      if (!(error instanceof Changed)) throw error;
      if (attempt === changesMax) refuse(`GetObject s3://${object.bucket}/${object.key}`, 'the object changed each time while it was read');
    }
  }
}
