import { globSync, readdirSync, readFileSync } from 'node:fs';
import type { DaemonLab } from './lab.ts';

/** Everything on this machine that a data directory's daemon, agents and containers hold. */
export function heldBy(lab: DaemonLab) {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name) && Number(name) !== process.pid)
    .filter((pid) => readOrNothing(`/proc/${pid}/cmdline`).includes(lab.dataDirectory) || isInContainer(lab, pid));
  const lines = [...new Set(processes.flatMap((pid) => readOrNothing(`/proc/${pid}/cgroup`).split('\n')))];
  return {
    processes,
    cgroups: lines.flatMap((line) => /(?<path>\/\S*libpod-\S+)/u.exec(line)?.groups?.['path'] ?? []),
    namespaces: readdirSync('/run/netns').filter((name) => name.startsWith(`${lab.prefix}-`)),
    mounts: readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes(lab.dataDirectory) || line.includes(lab.prefix)),
  };
}

export const readOrNothing = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/**
 * Its root is of this data directory. That a mount of it is somewhere in its tree says nothing: whoever copied the machine's
 * mounts while a container ran has it, too.
 */
const isInContainer = (lab: DaemonLab, pid: string): boolean =>
  readOrNothing(`/proc/${pid}/mountinfo`)
    .split('\n')
    .some((line) => line.split(' ')[4] === '/' && line.includes(`${lab.dataDirectory}/containers`));

export const cgroupsThere = (paths: readonly string[]): string[] =>
  [...new Set(paths.map((path) => path.split('/').findLast((name) => name.startsWith('libpod-')) ?? ''))].flatMap((name) =>
    globSync(`/sys/fs/cgroup/**/${name}`),
  );
