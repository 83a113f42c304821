import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { getuid } from 'node:process';
import type { Writable } from 'node:stream';
import { checked, libc } from '../sockets/libc.ts';
import { toolPath } from './sandbox.ts';
import { systemCallFilter } from './system-calls.ts';

/** Nobody's. */
const unprivilegedId = 65_534;
const memoryBytesMax = 4 * 2 ** 30;
const openFilesMax = 32;
/** Of nobody, on the whole machine: what an emulator's threads can be. Somebody's own are not counted, who may have many. */
const processesMax = 256;
/** Of one artefact, however many rows it is asked; the kernel's warning first, which tells what happened. */
export const processorSecondsMax = 3_600;
const processorSecondsKilled = processorSecondsMax + 10;

const filterFile = 3;

/** https://man7.org/linux/man-pages/man2/close_range.2.html */
const [lastFile, closeOnExec] = [2 ** 32 - 1, 4];

/** Node's own files close when a program starts; those that it was itself started with do not. */
function keepFilesToOurselves(): void {
  const library = libc();
  checked(library, 'close_range', library.closeRange(filterFile, lastFile, closeOnExec));
}

export interface Confined {
  /** All that the program sees of the file system, for reading. */
  readonly folder: string;
  /** Paths in the folder. */
  readonly argv: readonly [string, ...string[]];
  /** It is run by an emulator, which needs more of the kernel. */
  readonly emulated: boolean;
}

/**
 * Starts a program that nobody vouches for: as nobody, without rights, in namespaces of its own, with only those system
 * calls that a compiled model's runner makes. It ends with this process. Decision 0025 says what that leaves.
 */
export function startConfined({ folder, argv, emulated }: Confined): ChildProcessWithoutNullStreams {
  const isRoot = getuid?.() === 0;
  const ids = ['--reuid', '--regid'].flatMap((option) => [option, String(unprivilegedId)]);
  const limits = [
    '--core=0',
    '--fsize=0',
    `--nofile=${openFilesMax}`,
    `--data=${memoryBytesMax}`,
    `--cpu=${processorSecondsMax}:${processorSecondsKilled}`,
  ];
  const chain = [
    ['prlimit', ...limits, ...(isRoot ? [`--nproc=${processesMax}`] : []), '--'],
    ['setpriv', ...(isRoot ? [...ids, '--clear-groups'] : []), '--no-new-privs', '--'],
    ['bwrap', '--unshare-user', '--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ['--uid', String(unprivilegedId), '--gid', String(unprivilegedId), '--cap-drop', 'ALL', '--new-session', '--die-with-parent', '--clearenv'],
    ['--seccomp', String(filterFile), '--ro-bind', folder, '/', '--', ...argv],
  ].flat();
  keepFilesToOurselves();
  const child = spawn(chain[0] ?? '', chain.slice(1), { env: { PATH: toolPath }, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  const filter = child.stdio[filterFile] as Writable;
  // A chain that breaks before bubblewrap says so on its standard error.
  filter.on('error', () => undefined);
  filter.end(systemCallFilter({ emulated }));
  return child;
}
