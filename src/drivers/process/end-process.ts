import { readdirSync, readFileSync } from 'node:fs';
import { sleep } from '../../stdx/deadline.ts';
import { identify, isAlive, statOf, type ProcessIdentity } from './process-identity.ts';

const endMs = 5_000;
const burialMs = 500;
/** Only after SIGKILL, which takes a moment and tells nobody but the parent. */
const lookMs = 10;

/**
 * Kills a process and waits until it is gone. The first process of a pid namespace takes all others there along. One that
 * its parent never buries counts as gone after a while.
 */
export async function end(identity: ProcessIdentity): Promise<void> {
  if (!isAlive(identity)) return;
  kill(identity);
  const started = performance.now();
  const isThere = (): boolean =>
    performance.now() - started < burialMs ? statOf(identity.pid)?.startTime === identity.startTime : isAlive(identity);
  while (isThere() && performance.now() - started < endMs) await sleep(lookMs);
}

/** Does not wait. One that has just ended is no error. */
export function kill({ pid }: ProcessIdentity): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
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
