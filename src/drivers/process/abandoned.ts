import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../stdx/clock.ts';

/** Nothing that Cloister makes takes so long. */
const abandonedMs = 60 * 60_000;

/** Removes from a cache what daemons that were killed left half made there: its names begin with `prefix`. Others may be at work. */
export async function removeAbandoned(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix)) continue;
    const path = join(folder, name);
    const status = await stat(path).catch(() => undefined);
    if (status !== undefined && systemClock.now().getTime() - status.mtimeMs > abandonedMs) await rm(path, { recursive: true, force: true });
  }
}
