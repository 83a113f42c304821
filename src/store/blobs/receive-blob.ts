import { constants, writev } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { makeBlobFolder, syncFolder } from './blob-directory.ts';
import { fairTurns } from './fair-turns.ts';

/** More bytes came than the receiver may take. */
export class BlobTooLarge extends Error {
  override readonly name = 'BlobTooLarge';
  constructor(maxBytes: number) {
    super(`more than ${maxBytes} bytes`);
  }
}

/** The other side of a stream closed before its end: the client went away. */
export class StreamClosed extends Error {
  override readonly name = 'StreamClosed';
}

export interface ReceiveOptions {
  readonly maxBytes: number;
  /** Takes an encoding off: what of a chunk is to be stored, as slices of it. Throwing ends the reception. */
  readonly decode?: (chunk: Uint8Array) => readonly Uint8Array[];
  /** Shown every stored chunk once, in order: checksums are computed here. Throwing ends the reception. */
  readonly see?: (chunk: Uint8Array) => void;
  /** Called after the last byte was written and before the file is made durable. Throwing ends the reception. */
  readonly verify?: (size: number) => void;
}

/** Small chunks are gathered into writes of this size: a write per 64 KiB chunk costs twice the time. */
const writeBytesMin = 1 << 20;
/** So many pieces at most in one write, however small an encoding cut them. */
const piecesPerWriteMax = 1024;
/** The source is paused above the first and resumed below the second: what a slow disk may hold in memory per upload. */
const [bytesInFlightMax, bytesInFlightResume] = [8 << 20, 4 << 20];
const writesInFlightMax = 16;

/**
 * Writes a stream into a new file and makes it durable; resolves with its size. After any failure (the source fails
 * or closes early, too many bytes, a refusal by `see` or `verify`, a full disk) nothing is left.
 */
export async function receiveBlob(source: Readable, path: string, options: ReceiveOptions): Promise<number> {
  // A source that fails while the file is being opened must not end the process; `Reception` finds out.
  source.on('error', () => undefined);
  const file = await openNew(path);
  try {
    const size = await new Reception(source, file, options).done;
    options.verify?.(size);
    await file.datasync();
    await syncFolder(dirname(path));
    await file.close();
    return size;
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(path, { force: true });
    throw error;
  }
}

async function openNew(path: string): Promise<FileHandle> {
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;
  try {
    return await open(path, flags, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await makeBlobFolder(path);
    return open(path, flags, 0o600);
  }
}

/** One stream on its way into one file. Settles only when no write is under way: the descriptor may then be closed. */
class Reception {
  readonly done: Promise<number>;
  readonly #source: Readable;
  readonly #file: FileHandle;
  readonly #options: ReceiveOptions;
  readonly #settle: PromiseWithResolvers<number> = Promise.withResolvers();
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #writtenTo = 0;
  #bytesInFlight = 0;
  #writesInFlight = 0;
  #size = 0;
  #ended = false;
  #waitsForTurn = false;
  #failure: Error | undefined;

  constructor(source: Readable, file: FileHandle, options: ReceiveOptions) {
    this.#source = source;
    this.#file = file;
    this.#options = options;
    this.done = this.#settle.promise;
    source.on('error', (error) => this.#fail(error));
    source.on('close', () => this.#ended || this.#fail(new StreamClosed('the source closed before its end')));
    source.on('end', () => this.#end());
    if (source.errored) this.#fail(source.errored);
    else if (source.destroyed) this.#fail(new StreamClosed('the source closed before its end'));
    else source.on('data', (chunk: Uint8Array) => this.#take(chunk));
  }

  readonly #goOn = (): void => {
    this.#waitsForTurn = false;
    this.#resume();
  };

  /** Once neither the disk nor the other sockets are waited for. */
  #resume(): void {
    const hasRoom = this.#bytesInFlight < bytesInFlightResume && this.#writesInFlight < writesInFlightMax;
    if (hasRoom && !this.#waitsForTurn && this.#failure === undefined) this.#source.resume();
  }

  #take(chunk: Uint8Array): void {
    if (this.#failure !== undefined) return;
    if (!fairTurns.take(chunk.length, this.#goOn)) {
      this.#waitsForTurn = true;
      this.#source.pause();
    }
    try {
      for (const part of this.#options.decode?.(chunk) ?? [chunk]) this.#keep(part);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #keep(part: Uint8Array): void {
    this.#size += part.length;
    if (this.#size > this.#options.maxBytes) throw new BlobTooLarge(this.#options.maxBytes);
    this.#options.see?.(part);
    this.#gathered.push(part);
    this.#gatheredBytes += part.length;
    if (this.#gatheredBytes >= writeBytesMin || this.#gathered.length >= piecesPerWriteMax) this.#write();
  }

  #write(): void {
    const chunks = this.#gathered;
    const bytes = this.#gatheredBytes;
    const position = this.#writtenTo;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#writtenTo += bytes;
    this.#bytesInFlight += bytes;
    this.#writesInFlight += 1;
    writev(this.#file.fd, chunks, position, (error, written) => {
      this.#bytesInFlight -= bytes;
      this.#writesInFlight -= 1;
      if (error !== null) this.#fail(error);
      else if (written !== bytes) this.#fail(new Error(`wrote ${written} of ${bytes} bytes`));
      this.#resume();
      this.#settleWhenIdle();
    });
    if (this.#bytesInFlight > bytesInFlightMax || this.#writesInFlight > writesInFlightMax) this.#source.pause();
  }

  #end(): void {
    this.#ended = true;
    if (this.#gatheredBytes > 0 && this.#failure === undefined) this.#write();
    this.#settleWhenIdle();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#settleWhenIdle();
  }

  #settleWhenIdle(): void {
    if (this.#writesInFlight > 0) return;
    if (this.#failure !== undefined) this.#settle.reject(this.#failure);
    else if (this.#ended) this.#settle.resolve(this.#size);
  }
}
