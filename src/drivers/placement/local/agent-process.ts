import { readdirSync, readFileSync } from 'node:fs';
import { sleep } from '../../../stdx/deadline.ts';

/** A process, told from a later one of the same number by when it started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot. */
  readonly startTime: string;
}

const endMs = 5_000;
const burialMs = 500;
/** Only after SIGKILL, which takes a moment and tells nobody but the parent. */
const lookMs = 10;

/** Field 22 of `/proc/PID/stat`; the name in field 2 may hold spaces and brackets. Undefined when it has ended. */
function statOf(pid: number): { readonly state: string; readonly startTime: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

export function identify(pid: number): ProcessIdentity | undefined {
  const found = statOf(pid);
  return found === undefined ? undefined : { pid, startTime: found.startTime };
}

export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  const found = statOf(pid);
  return found !== undefined && found.startTime === startTime && found.state !== 'Z';
}

/**
 * Kills a process and waits until it is gone. The first process of a pid namespace takes all others there along. One that
 * its parent never buries counts as gone after a while.
 */
export async function end(identity: ProcessIdentity): Promise<void> {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
  const started = performance.now();
  const isThere = (): boolean =>
    performance.now() - started < burialMs ? statOf(identity.pid)?.startTime === identity.startTime : isAlive(identity);
  while (isThere() && performance.now() - started < endMs) await sleep(lookMs);
}

/** Every process whose command line holds this text, the youngest first: children before the parents that bury them. */
export function findByCommandLine(text: string): readonly ProcessIdentity[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    })
    .flatMap((name) => identify(Number(name)) ?? [])
    .sort((a, b) => b.pid - a.pid);
}
