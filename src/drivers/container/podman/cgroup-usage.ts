import { readFileSync } from 'node:fs';
import type { ContainerUsage } from '../container-driver.ts';
import { cgroupsAreUnified } from './podman-command.ts';

const readNumber = (path: string): number => Number(readFileSync(path, 'utf8').trim());
const member = (path: string, name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(readFileSync(path, 'utf8'))?.[1] ?? 0);

/**
 * What the processes of a group take. Files that the kernel keeps in memory and would let go first are not counted.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html, https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
 *
 * @param cgroupPath as podman shows it, `/libpod_parent/libpod-ID`
 * @returns undefined when the group is gone
 */
export function usageOfGroup(cgroupPath: string, root = '/sys/fs/cgroup', unified = cgroupsAreUnified()): ContainerUsage | undefined {
  try {
    return unified ? usageOfV2(`${root}${cgroupPath}`) : usageOfV1(root, cgroupPath);
  } catch (error) {
    if (['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function usageOfV2(group: string): ContainerUsage {
  return {
    cpuSeconds: member(`${group}/cpu.stat`, 'usage_usec') / 1e6,
    memoryBytes: Math.max(0, readNumber(`${group}/memory.current`) - member(`${group}/memory.stat`, 'inactive_file')),
  };
}

function usageOfV1(root: string, cgroupPath: string): ContainerUsage {
  const memory = `${root}/memory${cgroupPath}`;
  return {
    cpuSeconds: readNumber(`${root}/cpuacct${cgroupPath}/cpuacct.usage`) / 1e9,
    memoryBytes: Math.max(0, readNumber(`${memory}/memory.usage_in_bytes`) - member(`${memory}/memory.stat`, 'total_inactive_file')),
  };
}
