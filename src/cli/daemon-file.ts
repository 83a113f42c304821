import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../drivers/process/process-identity.ts';
import { sleep } from '../stdx/deadline.ts';

/** What a running daemon tells the command line, from its data directory (readable by its owner only). */
export interface RunningDaemon {
  readonly pid: number;
  /** With the number it tells the daemon from a later process. */
  readonly startTime: string;
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly certificateAuthority: string;
}

export class NoDaemon extends Error {
  override readonly name = 'NoDaemon';
}

const startDeadlineMs = 60_000;
const pollMs = 100;

/** Throws `NoDaemon` with one clear line when none runs on this data directory. */
export function readRunningDaemon(dataDirectory: string): RunningDaemon {
  let daemon: Omit<RunningDaemon, 'accessKeyId' | 'secretAccessKey'>;
  let credentials: Pick<RunningDaemon, 'accessKeyId' | 'secretAccessKey'>;
  try {
    daemon = JSON.parse(readFileSync(join(dataDirectory, 'daemon.json'), 'utf8')) as typeof daemon;
    credentials = JSON.parse(readFileSync(join(dataDirectory, 'credentials.json'), 'utf8')) as typeof credentials;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES')
      throw new Error(`${dataDirectory} is for its owner alone: run this as the user who started the daemon, or with sudo`, { cause: error });
    throw new NoDaemon(`no daemon runs on ${dataDirectory}. Start one with: cloister up`, { cause: error });
  }
  if (!isAlive(daemon)) throw new NoDaemon(`the daemon of ${dataDirectory} (process ${daemon.pid}) has ended. Start one with: cloister up`);
  return { ...daemon, ...credentials };
}

/** The same, when the daemon is only just being started. */
export async function awaitRunningDaemon(dataDirectory: string): Promise<RunningDaemon> {
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    try {
      return readRunningDaemon(dataDirectory);
    } catch (error) {
      if (!(error instanceof NoDaemon) || waitedMs >= startDeadlineMs) throw error;
      await sleep(pollMs);
    }
  }
}
