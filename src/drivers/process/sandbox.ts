import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { withDeadline } from '../../stdx/deadline.ts';
import { ProcessError } from './process.ts';

export const toolPath = '/usr/sbin:/usr/bin:/sbin:/bin';

/** Numbers of the files that the chain of programs gets open: those of the caller follow. */
export const [userNamespaceFile, informationFile, firstOwnFile] = [3, 4, 5];

const startMs = 10_000;
const toldCharacters = 2_000;

export interface Sandbox {
  readonly networkNamespacePath: string;
  /** An open user namespace, which is closed. Absent: the host's. */
  readonly userNamespace?: number;
  /** Where the program's output goes, from its own end on. */
  readonly logPath: string;
  /** What bubblewrap and the programs after it are told. */
  readonly parameters: readonly string[];
  /** Open files that the program gets from `firstOwnFile` on. */
  readonly files?: readonly number[];
}

/** nsenter (the network) → bubblewrap (mounts, pids, ipc) → `parameters`. Returns the pid on the host; it outlives this process. */
export async function startSandbox({ networkNamespacePath, userNamespace, logPath, parameters, files = [] }: Sandbox): Promise<number> {
  const log = openSync(logPath, 'a', 0o600);
  try {
    const argv = [
      [`--net=${networkNamespacePath}`, 'bwrap', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
      ['--as-pid-1', '--new-session', '--clearenv', '--info-fd', String(informationFile), ...parameters],
    ].flat();
    const child = spawn('nsenter', argv, {
      stdio: ['ignore', log, log, userNamespace ?? 'ignore', 'pipe', ...files],
      env: { PATH: toolPath },
      detached: true,
    });
    child.unref();
    const information = child.stdio[informationFile] as Readable;
    let text = '';
    information.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await withDeadline('startMs', startMs, Promise.race([once(information, 'end'), once(child, 'error')]));
    const pid = /"child-pid":\s*(\d+)/.exec(text)?.[1];
    if (pid === undefined) throw new ProcessError(['nsenter', ...argv.slice(0, 2)], undefined, readFileSync(logPath, 'utf8').slice(-toldCharacters));
    return Number(pid);
  } finally {
    if (userNamespace !== undefined) closeSync(userNamespace);
    closeSync(log);
  }
}
