import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { getuid } from 'node:process';

/** Nobody's. */
const unprivilegedId = 65_534;
const memoryBytesMax = 4 * 2 ** 30;
const openFilesMax = 32;

/**
 * Starts a program that nobody vouches for: a folder is all that it sees of the file system, it has no network, no other
 * process to look at and no rights, may write no file, and ends with this process.
 * @param argv paths in the folder
 */
export function startConfined(folder: string, argv: readonly [string, ...string[]]): ChildProcessWithoutNullStreams {
  const isRoot = getuid?.() === 0;
  const user = isRoot ? ['--setuid', String(unprivilegedId), '--setgid', String(unprivilegedId)] : ['--user'];
  const chain = [
    ['prlimit', '--core=0', '--fsize=0', `--nofile=${openFilesMax}`, `--data=${memoryBytesMax}`, '--'],
    ['setpriv', '--no-new-privs', '--pdeathsig', 'KILL', '--'],
    // The first process of a namespace of processes, which takes the others along: a change of user would undo what binds it to its parent.
    ['unshare', ...(isRoot ? [] : ['--map-root-user']), '--pid', '--fork', '--kill-child', '--'],
    ['unshare', ...user, '--net', '--ipc', '--uts', '--fork', '--root', folder, '--', ...argv],
  ].flat();
  return spawn(chain[0] ?? '', chain.slice(1), { env: {}, stdio: 'pipe' });
}
