import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { libc } from '../sockets/libc.ts';

/** `LOCK_EX | LOCK_NB` of `flock(2)`. */
const exclusiveAtOnce = 2 | 4;

/** Somebody else holds the lock. */
export class Locked extends Error {
  override readonly name = 'Locked';
  readonly pid: number;
  constructor(path: string, pid: number) {
    super(`process ${pid} holds ${path}`);
    this.pid = pid;
  }
}

/** Takes a file for this process until `release` or its end, however it ends: the kernel gives it back. Throws `Locked`. */
export function lockFile(path: string): { release(): void } {
  const file = openSync(path, 'a', 0o600);
  if (libc().flock(file, exclusiveAtOnce) < 0) {
    closeSync(file);
    throw new Locked(path, Number.parseInt(readFileSync(path, 'utf8'), 10));
  }
  ftruncateSync(file);
  writeSync(file, `${process.pid}\n`);
  return { release: () => closeSync(file) };
}
