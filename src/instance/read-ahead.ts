import { sleep } from '../stdx/deadline.ts';
import { refuse, type ChannelObject, type Seen } from './channel-objects.ts';
import { OrderFailed } from './failure.ts';
import { Changed, openObject, rangesOf, readRange, type ByteRange } from './fetch-object.ts';
import { aheadBytes, aheadPieces, outageAgainMs, outageMs, pieceBytes } from './limits.ts';
import type { Storage } from './storage.ts';

/** An object on its way: its size, and its bytes in order. */
export interface ReadObject {
  readonly size: number;
  readonly bytes: AsyncGenerator<Buffer>;
}

interface Piece {
  readonly seen: Seen;
  /** Undefined when the object is larger than a piece, which was not known before. */
  readonly bytes: Buffer | undefined;
}

interface Planned {
  readonly object: ChannelObject;
  readonly range: ByteRange;
}

interface Ahead extends Planned {
  readonly piece: Promise<Piece>;
}

const bytesOf = ({ range }: Planned): number => Math.max(1, range.end - range.start);

/** Each object in pieces; one of unknown size, or without content, is one. */
function* planned(objects: Iterable<ChannelObject>): Generator<Planned> {
  for (const object of objects) {
    const ranges = object.seen === undefined ? [{ start: 0, end: pieceBytes }] : rangesOf(object.seen.size, pieceBytes);
    if (ranges.length === 0) yield { object, range: { start: 0, end: 0 } };
    for (const range of ranges) yield { object, range };
  }
}

/** S3 or the way to it is not there for a moment, as when a daemon is replaced. */
const isOutage = (error: unknown): boolean =>
  error instanceof OrderFailed &&
  (['no-answer', 'connection-refused', 'lookup-failed'].includes(error.observation.kind) || (error.observation.status ?? 0) >= 500);

/**
 * Reads objects in their order, pieces of the next ones ahead of their time. Every piece is read at once into memory: a
 * slow reader of the result keeps no request open.
 */
export class ReadAhead {
  readonly #storage: Storage;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #plan: Iterator<Planned>;
  readonly #ahead: Ahead[] = [];
  #bytes = 0;

  constructor(storage: Storage, objects: Iterable<ChannelObject>, signal: AbortSignal) {
    this.#storage = storage;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
    this.#plan = planned(objects);
  }

  /** The next object, after all bytes of the one before it; undefined after the last. */
  async next(): Promise<ReadObject | undefined> {
    this.#fill();
    const first = this.#ahead[0];
    if (first === undefined) return undefined;
    let piece: Piece;
    try {
      piece = await this.#take();
    } catch (error) {
      if (!(error instanceof Changed)) throw error;
      // Nothing of it was given on: it is read as it is now.
      while (this.#ahead[0]?.object === first.object) this.#drop();
      const { seen: _seen, ...unseen } = first.object;
      return await this.#instead(unseen);
    }
    if (piece.bytes === undefined) return await this.#instead({ ...first.object, seen: piece.seen });
    return { size: piece.seen.size, bytes: this.#bytesOf(first.object, piece.bytes) };
  }

  close(): void {
    this.#stop.abort();
  }

  async #instead(object: ChannelObject): Promise<ReadObject> {
    const read = await new ReadAhead(this.#storage, [object], this.#signal).next();
    return read ?? refuse(`GetObject s3://${object.bucket}/${object.key}`, 'the object is gone');
  }

  async *#bytesOf(object: ChannelObject, first: Buffer): AsyncGenerator<Buffer> {
    yield first;
    try {
      for (this.#fill(); this.#ahead[0]?.object === object; this.#fill()) yield (await this.#take()).bytes ?? Buffer.alloc(0);
    } catch (error) {
      if (error instanceof Changed) refuse(`GetObject s3://${object.bucket}/${object.key}`, 'the object changed while it was streamed');
      throw error;
    }
  }

  #fill(): void {
    while (this.#ahead.length < aheadPieces && this.#bytes < aheadBytes && !this.#signal.aborted) {
      const next = this.#plan.next();
      if (next.done === true) return;
      const piece = this.#read(next.value);
      // Whoever takes it hears of its failure.
      piece.catch(() => undefined);
      this.#ahead.push({ ...next.value, piece });
      this.#bytes += bytesOf(next.value);
    }
  }

  #drop(): Ahead | undefined {
    const dropped = this.#ahead.shift();
    this.#bytes -= dropped === undefined ? 0 : bytesOf(dropped);
    this.#fill();
    return dropped;
  }

  async #take(): Promise<Piece> {
    const piece = await (this.#ahead[0] as Ahead).piece;
    this.#drop();
    return piece;
  }

  async #read(plan: Planned): Promise<Piece> {
    const deadline = performance.now() + outageMs;
    for (;;) {
      try {
        return await this.#readOnce(plan);
      } catch (error) {
        if (!isOutage(error) || performance.now() > deadline || this.#signal.aborted) throw error;
        await sleep(outageAgainMs, this.#signal);
      }
    }
  }

  async #readOnce({ object, range }: Planned): Promise<Piece> {
    if (object.seen !== undefined) return { seen: object.seen, bytes: await this.#collect(object, { ...range, seen: object.seen }) };
    const { seen, body } = await openObject(this.#storage, object, this.#signal);
    if (seen.size <= pieceBytes) return { seen, bytes: await this.#collect(object, { start: 0, end: seen.size, seen, body }) };
    body.destroy();
    return { seen, bytes: undefined };
  }

  async #collect(object: ChannelObject, range: Parameters<typeof readRange>[2]): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(range.end - range.start);
    if (bytes.length === 0) {
      range.body?.destroy();
      return bytes;
    }
    let length = 0;
    const take = (chunk: Buffer): Promise<void> => {
      length += chunk.copy(bytes, length);
      return Promise.resolve();
    };
    await readRange(this.#storage, object, range, take, this.#signal);
    return bytes;
  }
}
