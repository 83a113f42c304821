import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Log } from '../stdx/log.ts';

/** Full files that are kept beside the one that is written, and what makes a file full. */
export interface Rotation {
  readonly bytes: number;
  readonly files: number;
}

/** Every request has a line in it: some hundred thousand of them are kept. */
export const auditRotation: Rotation = { bytes: 16 * 1024 * 1024, files: 8 };
/** Only what policies refused: some ten thousand, with the documents that they were judged by. */
export const refusalRotation: Rotation = { bytes: 4 * 1024 * 1024, files: 3 };

/** The lines of a record in a file of which `inFile` says what it holds already: kept with the file, empty in a fresh one. */
export type LinesOf<R> = (record: R, inFile: Set<string>) => readonly string[];

/**
 * JSON lines in a file that is rotated: `audit.jsonl`, `audit.jsonl.1` (newer) to `audit.jsonl.8`.
 * Lines are written together once per turn of the event loop: an audit that waited for the disk would be slower than
 * what it audits. A line that is lost in a crash is of a request whose reply was lost too.
 */
export class RecordFile<R> {
  readonly #path: string;
  readonly #rotation: Rotation;
  readonly #log: Log;
  readonly #linesOf: LinesOf<R>;
  readonly #inFile = new Set<string>();
  #pending: R[] = [];
  #bytes: number;

  constructor(path: string, rotation: Rotation, log: Log, linesOf: LinesOf<R> = (record) => [JSON.stringify(record)]) {
    this.#path = path;
    this.#rotation = rotation;
    this.#log = log;
    this.#linesOf = linesOf;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  readonly write = (record: R): void => {
    if (this.#pending.length === 0) setImmediate(() => this.flush());
    this.#pending.push(record);
  };

  /** The lines that are kept, file by file, the newest file first. */
  async *read(): AsyncGenerator<readonly string[]> {
    this.flush();
    for (const path of [this.#path, ...this.#full()]) {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        // Not written yet, or rotated away.
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      yield text.split('\n').filter((line) => line !== '');
    }
  }

  /** Writes what is pending. To be called before the process ends. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const records = this.#pending;
    this.#pending = [];
    try {
      if (this.#bytes > this.#rotation.bytes) this.#rotate();
      const lines = records.flatMap((record) => this.#linesOf(record, this.#inFile));
      const text = lines.map((line) => `${line}\n`).join('');
      appendFileSync(this.#path, text, { mode: 0o600 });
      this.#bytes += Buffer.byteLength(text);
    } catch (error) {
      this.#inFile.clear();
      // A full disk must not stop the API; it is said in the log, which goes elsewhere.
      this.#log('a record could not be written', { path: this.#path, error });
    }
  }

  /** Forgets every record. */
  clear(): void {
    this.#pending = [];
    this.#bytes = 0;
    this.#inFile.clear();
    for (const path of [this.#path, ...this.#full()]) rmSync(path, { force: true });
  }

  #full(): string[] {
    return Array.from({ length: this.#rotation.files }, (_, index) => `${this.#path}.${index + 1}`);
  }

  #rotate(): void {
    // The oldest first: each takes the place of the one before it.
    let to: string | undefined;
    for (const from of [this.#path, ...this.#full()].toReversed()) {
      if (to !== undefined && statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, to);
      to = from;
    }
    this.#bytes = 0;
    this.#inFile.clear();
  }
}
