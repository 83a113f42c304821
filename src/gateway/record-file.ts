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
/** Only what policies refused: some ten thousand. */
export const refusalRotation: Rotation = { bytes: 4 * 1024 * 1024, files: 3 };

/**
 * One JSON line per record in a file that is rotated: `audit.jsonl`, `audit.jsonl.1` (newer) to `audit.jsonl.8`.
 * Lines are written together once per turn of the event loop: an audit that waited for the disk would be slower than
 * what it audits. A line that is lost in a crash is of a request whose reply was lost too.
 */
export class RecordFile<R extends { readonly requestId: string }> {
  readonly #path: string;
  readonly #rotation: Rotation;
  readonly #log: Log;
  #pending: string[] = [];
  #bytes: number;

  constructor(path: string, rotation: Rotation, log: Log) {
    this.#path = path;
    this.#rotation = rotation;
    this.#log = log;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  readonly write = (record: R): void => {
    if (this.#pending.length === 0) setImmediate(() => this.flush());
    this.#pending.push(`${JSON.stringify(record)}\n`);
  };

  /** The newest record of a request among those that are kept. */
  async find(requestId: string): Promise<R | undefined> {
    this.flush();
    const member = `"requestId":${JSON.stringify(requestId)}`;
    for (const path of [this.#path, ...this.#full()]) {
      const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n');
      for (const line of lines.toReversed()) {
        if (!line.includes(member)) continue;
        const record = JSON.parse(line) as R;
        // The text may also be within what a caller named.
        if (record.requestId === requestId) return record;
      }
    }
    return undefined;
  }

  /** Writes what is pending. To be called before the process ends. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const text = this.#pending.join('');
    this.#pending = [];
    try {
      if (this.#bytes > this.#rotation.bytes) this.#rotate();
      appendFileSync(this.#path, text, { mode: 0o600 });
      this.#bytes += Buffer.byteLength(text);
    } catch (error) {
      // A full disk must not stop the API; it is said in the log, which goes elsewhere.
      this.#log('a record could not be written', { path: this.#path, error });
    }
  }

  /** Forgets every record. */
  clear(): void {
    this.#pending = [];
    this.#bytes = 0;
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
  }
}
