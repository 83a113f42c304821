import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { libc } from '../sockets/libc.ts';

/** `LOCK_EX | LOCK_NB` of `flock(2)`. */
const exclusiveAtOnce = 2 | 4;

/** Somebody else holds the lock. */
export class Locked extends Error {
  override readonly name = 'Locked';
  readonly pid: number;
  /** What the holder said that it does. */
  readonly purpose: string;
  constructor(path: string, pid: number, purpose: string) {
    super(`process ${pid} holds ${path}`);
    this.pid = pid;
    this.purpose = purpose;
  }
}

/** Takes a file for this process until `release` or its end, however it ends: the kernel gives it back. Throws `Locked`. */
export function lockFile(path: string, purpose = ''): { release(): void } {
  const file = openSync(path, 'a', 0o600);
  if (libc().flock(file, exclusiveAtOnce) < 0) {
    closeSync(file);
    const [pid = '', held = ''] = readFileSync(path, 'utf8').trim().split(' ');
    throw new Locked(path, Number.parseInt(pid, 10), held);
  }
  ftruncateSync(file);
  writeSync(file, `${`${process.pid} ${purpose}`.trim()}\n`);
  return { release: () => closeSync(file) };
}
