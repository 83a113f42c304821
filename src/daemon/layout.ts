import { join } from 'node:path';
import { kernelPrefix } from './options.ts';

/** What is where in a data directory, and beside it. */
export function layout(
  dataDirectory: string,
): Readonly<
  Record<
    'database' | 'blobs' | 'work' | 'instances' | 'containers' | 'containersRun' | 'certificates' | 'audit' | 'lock' | 'daemon' | 'credentials',
    string
  >
> {
  return {
    database: join(dataDirectory, 'cloister.sqlite'),
    blobs: join(dataDirectory, 'blobs'),
    /** What is being made; of no use to a later daemon. */
    work: join(dataDirectory, 'work'),
    instances: join(dataDirectory, 'instances'),
    containers: join(dataDirectory, 'containers'),
    /** On a tmpfs, so that a boot forgets it; and short, because podman takes no more than 50 characters. */
    containersRun: `/run/${kernelPrefix(dataDirectory)}-containers`,
    certificates: join(dataDirectory, 'certificates'),
    audit: join(dataDirectory, 'audit'),
    /** Held by the daemon that runs. */
    lock: join(dataDirectory, 'lock'),
    /** Process, port and region of the running daemon, for the command line. */
    daemon: join(dataDirectory, 'daemon.json'),
    /** The root key (0600), for `cloister env`. */
    credentials: join(dataDirectory, 'credentials.json'),
  };
}
