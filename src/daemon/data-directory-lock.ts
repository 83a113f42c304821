import { existsSync } from 'node:fs';
import { lockFile, Locked } from '../drivers/process/file-lock.ts';
import { sleep } from '../stdx/deadline.ts';
import { layout } from './layout.ts';

/** How the holder of the lock tells that it is a purge. */
const purging = 'purge';
/** What a purge may take. */
const purgeMs = 120_000;
/** The kernel tells nobody that a lock is free. */
const lookMs = 100;

/** Keeps every other daemon, and a purge, from this data directory. Throws one clear line when one is there already. */
export function lockDataDirectory(dataDirectory: string, purpose = ''): { release(): void } {
  try {
    return lockFile(layout(dataDirectory).lock, purpose);
  } catch (error) {
    if (!(error instanceof Locked)) throw error;
    const problem =
      error.purpose === purging
        ? `${dataDirectory} is being removed (process ${error.pid})`
        : `a daemon (process ${error.pid}) runs on ${dataDirectory}. Stop it with: cloister down --data ${dataDirectory}`;
    throw new Error(problem, { cause: error });
  }
}

/**
 * The same for a purge, which lets another one end first: an ephemeral daemon is followed by its own, and whoever stopped it
 * may ask for one, too. Undefined when there is nothing to lock, or no more.
 */
export async function lockForPurge(dataDirectory: string): Promise<{ release(): void } | undefined> {
  for (let waitedMs = 0; existsSync(dataDirectory); waitedMs += lookMs) {
    try {
      return lockDataDirectory(dataDirectory, purging);
    } catch (error) {
      const { cause, code } = error as NodeJS.ErrnoException;
      // The other one took the directory away in the meantime.
      if (code === 'ENOENT') continue;
      // A holder that has not written down who it is yet leaves there who was before.
      const mayWait = cause instanceof Locked && (cause.purpose === purging || !existsSync(`/proc/${cause.pid}`));
      if (!mayWait || waitedMs >= purgeMs) throw error;
    }
    await sleep(lookMs);
  }
  return undefined;
}
