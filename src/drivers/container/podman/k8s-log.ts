import { watch } from 'node:fs';
import { link, open, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { sleep } from '../../../stdx/deadline.ts';
import type { LogLine } from '../container-driver.ts';

/** A longer line is given in pieces: CloudWatch Logs takes events of at most 256 KiB, and conmon adds up to 24 KiB to a piece. */
export const lineBytesMax = 200 << 10;

/** File events wake the reader; this is only for those that were lost. */
const lostEventMs = 5_000;

const pattern = /^(\S+) (stdout|stderr) ([FP]) ?(.*)$/s;

/**
 * Reads conmon's `TIME STREAM F|P TEXT` format. `P` is a part of a line that goes on. Feed it whole raw lines; it gives
 * the container's lines.
 */
export class K8sLogParser {
  readonly #parts = new Map<LogLine['stream'], LogLine>();

  push(raw: string): LogLine | undefined {
    const [, time, stream, tag, text] = pattern.exec(raw) ?? [];
    if (time === undefined || text === undefined) return undefined;
    const key = stream as LogLine['stream'];
    const begun = this.#parts.get(key);
    const line: LogLine = begun === undefined ? { time: new Date(time), stream: key, text } : { ...begun, text: begun.text + text };
    if (tag === 'P' && Buffer.byteLength(line.text) < lineBytesMax) {
      this.#parts.set(key, line);
      return undefined;
    }
    this.#parts.delete(key);
    return line;
  }

  /** Lines that the container began and never ended. */
  rest(): readonly LogLine[] {
    const lines = [...this.#parts.values()];
    this.#parts.clear();
    return lines;
  }
}

/** Resolves when the file changes, when `ended` settles, when the signal aborts, or after a while. */
class FileChanges {
  readonly #watcher;
  #changed = Promise.withResolvers<void>();

  constructor(path: string) {
    this.#watcher = watch(dirname(path), (_event, name) => {
      if (name === null || name === basename(path)) this.#changed.resolve();
    });
    this.#watcher.on('error', () => this.#changed.resolve());
  }

  async next(ended: Promise<unknown>, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    await Promise.race([this.#changed.promise, ended, sleep(lostEventMs, AbortSignal.any([signal, woken.signal]))]);
    woken.abort();
    this.#changed = Promise.withResolvers<void>();
  }

  close(): void {
    this.#watcher.close();
  }
}

/** The second name of the file that conmon writes first: at its limit conmon puts another one in the place of it. */
const firstOf = (path: string): string => `${path}.first`;

/** An empty log under both names, before conmon starts: it appends to one that is there. */
export async function beginLog(path: string): Promise<void> {
  for (const name of [path, firstOf(path)]) await rm(name, { force: true });
  await writeFile(path, '', { mode: 0o600 });
  await link(path, firstOf(path));
}

async function ifThere<T>(found: Promise<T>): Promise<T | undefined> {
  return await found.catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
}

const openLog = async (path: string): Promise<FileHandle | undefined> =>
  (await ifThere(open(firstOf(path), 'r'))) ?? (await ifThere(open(path, 'r')));

/** Whether conmon writes to another file now. */
async function isFull(file: FileHandle | undefined, path: string): Promise<boolean> {
  const [read, written] = await Promise.all([file?.stat(), ifThere(stat(path))]);
  return read !== undefined && written !== undefined && read.ino !== written.ino;
}

/** The last line of a log that reached its limit. */
export const logFull = 'Cloister keeps no more of what this instance prints: its log has reached its limit.';

/** Every line of the log from `fromLine` (0 is the first) on, as it is written, until `ended` resolved and all is read. */
export async function* followLog(path: string, fromLine: number, ended: Promise<unknown>, signal: AbortSignal): AsyncGenerator<LogLine> {
  const changes = new FileChanges(path);
  let file: FileHandle | undefined;
  try {
    let last = false;
    const settled = ended.then(
      () => (last = true),
      () => (last = true),
    );
    const parser = new K8sLogParser();
    const buffer = Buffer.alloc(64 << 10);
    let pending = '';
    let number = 0;
    let latest = new Date(0);
    const decoder = new TextDecoder();
    while (!signal.aborted) {
      // Read before the end is looked at: what was written before the container ended is read in the round after it.
      const final = last;
      file ??= await openLog(path);
      const full = await isFull(file, path);
      const { bytesRead } = (await file?.read(buffer)) ?? { bytesRead: 0 };
      if (bytesRead === 0) {
        if (full) {
          if (number >= fromLine) yield { time: latest, stream: 'stderr', text: logFull };
          return;
        }
        if (final) break;
        await changes.next(settled, signal);
        continue;
      }
      const lines = (pending + decoder.decode(buffer.subarray(0, bytesRead), { stream: true })).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines.map((raw) => parser.push(raw))) {
        if (line === undefined) continue;
        latest = line.time;
        if (number++ >= fromLine) yield line;
      }
    }
    if (!signal.aborted) for (const line of parser.rest()) if (number++ >= fromLine) yield line;
  } finally {
    changes.close();
    await file?.close();
  }
}
