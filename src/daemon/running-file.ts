import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { identify } from '../drivers/process/process-identity.ts';
import type { IssuedAccessKey } from '../access/access.ts';
import type { layout } from './layout.ts';

type Paths = Pick<ReturnType<typeof layout>, 'credentials' | 'daemon'>;

/** Tells the command line of the running daemon, in files that only their owner may read, each whole or not there. */
export function tellRunning(
  paths: Paths,
  facts: { readonly endpoint: string; readonly region: string; readonly accountId: string; readonly certificateAuthority: string },
  { accessKeyId, secretAccessKey }: IssuedAccessKey,
): void {
  write(paths.credentials, { accessKeyId, secretAccessKey });
  write(paths.daemon, { pid: process.pid, startTime: identify(process.pid)?.startTime, ...facts });
}

/** The root key stays: it is the data directory's. */
export function forgetRunning({ daemon }: Paths): void {
  rmSync(daemon, { force: true });
}

function write(path: string, value: object): void {
  rmSync(`${path}.new`, { force: true });
  writeFileSync(`${path}.new`, JSON.stringify(value), { mode: 0o600, flag: 'wx' });
  renameSync(`${path}.new`, path);
}
