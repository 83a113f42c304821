import { globSync, readdirSync } from 'node:fs';
import { processesOf, textOf } from '../../fixtures/holdings.ts';
import type { DaemonLab } from './lab.ts';

/** What a data directory's agents and containers hold of the kernel, while they run and by their numbers. */
export function heldBy(lab: DaemonLab) {
  const processes = processesOf(lab.dataDirectory).map(({ pid }) => String(pid));
  const lines = [...new Set(processes.flatMap((pid) => textOf(`/proc/${pid}/cgroup`).split('\n')))];
  return {
    processes,
    cgroups: lines.flatMap((line) => /(?<path>\/\S*libpod-\S+)/u.exec(line)?.groups?.['path'] ?? []),
    namespaces: readdirSync('/run/netns').filter((name) => name.startsWith(`${lab.prefix}-`)),
    mounts: textOf('/proc/self/mounts')
      .split('\n')
      .filter((line) => line.includes(lab.dataDirectory) || line.includes(lab.prefix)),
  };
}

export const cgroupsThere = (paths: readonly string[]): string[] =>
  [...new Set(paths.map((path) => path.split('/').findLast((name) => name.startsWith('libpod-')) ?? ''))].flatMap((name) =>
    globSync(`/sys/fs/cgroup/**/${name}`),
  );
