import { lockFile, Locked } from '../drivers/process/file-lock.ts';
import { layout } from './layout.ts';

/** Keeps every other daemon, and a purge, from this data directory. Throws one clear line when one is there already. */
export function lockDataDirectory(dataDirectory: string): { release(): void } {
  try {
    return lockFile(layout(dataDirectory).lock);
  } catch (error) {
    if (!(error instanceof Locked)) throw error;
    throw new Error(`a daemon (process ${error.pid}) runs on ${dataDirectory}. Stop it with: cloister down --data ${dataDirectory}`, {
      cause: error,
    });
  }
}
