import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { AuditRecord } from './records.ts';

const rotateAtBytes = 16 * 1024 * 1024;
const keptFiles = 8;

/**
 * One JSON line per request in a file that is rotated: `audit.jsonl`, `audit.jsonl.1` (newer) to `audit.jsonl.8`.
 * Lines are written together once per turn of the event loop: an audit that waited for the disk would be slower than
 * what it audits. A line that is lost in a crash is of a request whose reply was lost too.
 */
export class AuditFile {
  readonly #path: string;
  readonly #log: (message: string, fields: Readonly<Record<string, unknown>>) => void;
  #pending: string[] = [];
  #bytes: number;

  constructor(path: string, log: (message: string, fields: Readonly<Record<string, unknown>>) => void) {
    this.#path = path;
    this.#log = log;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  readonly write = (record: AuditRecord): void => {
    if (this.#pending.length === 0) setImmediate(() => this.flush());
    this.#pending.push(`${JSON.stringify(record)}\n`);
  };

  /** Writes what is pending. To be called before the process ends. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const text = this.#pending.join('');
    this.#pending = [];
    try {
      if (this.#bytes > rotateAtBytes) this.#rotate();
      appendFileSync(this.#path, text, { mode: 0o600 });
      this.#bytes += Buffer.byteLength(text);
    } catch (error) {
      // A full disk must not stop the API; it is said in the log, which goes elsewhere.
      this.#log('audit-file', { error });
    }
  }

  #rotate(): void {
    for (let index = keptFiles - 1; index >= 1; index -= 1) {
      const from = `${this.#path}.${index}`;
      if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, `${this.#path}.${index + 1}`);
    }
    renameSync(this.#path, `${this.#path}.1`);
    this.#bytes = 0;
  }
}
