import { constants, closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { cgroupsAreUnified } from './podman-command.ts';

/**
 * How often the kernel killed a process of a container because its memory limit was reached, or the machine's memory was
 * used up. Podman's own `OOMKilled` says nothing reliable of cgroups v1.
 *
 * @param cgroupPath as podman shows it, `/libpod_parent/libpod-ID`
 * @returns undefined when the group is gone: podman takes it away soon after the container ended
 */
export function memoryKillsOfGroup(cgroupPath: string): number | undefined {
  const file = cgroupsAreUnified() ? `/sys/fs/cgroup${cgroupPath}/memory.events` : `/sys/fs/cgroup/memory${cgroupPath}/memory.oom_control`;
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 0);
  } catch {
    return undefined;
  }
}

/** A record is at most this long; a read gives one. */
const recordBytesMax = 8 << 10;

/** The same from the kernel's log, which outlives the group: it has one such line for each kill, unless there are very many. */
export function memoryKillsInKernelLog(containerId: string): number {
  let kills = 0;
  for (const record of kernelLog()) if (record.includes('oom-kill:') && record.includes(containerId)) kills += 1;
  return kills;
}

function* kernelLog(): Generator<string> {
  let file: number;
  try {
    file = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return;
  }
  try {
    const buffer = Buffer.alloc(recordBytesMax);
    for (;;) {
      const length = nextRecord(file, buffer);
      if (length === undefined) return;
      yield buffer.toString('utf8', 0, length);
    }
  } finally {
    closeSync(file);
  }
}

/** Undefined at the end of the log. */
function nextRecord(file: number, buffer: Buffer): number | undefined {
  for (;;) {
    try {
      return readSync(file, buffer);
    } catch (error) {
      // Overwritten while it was read: the next read goes on with what is there.
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') continue;
      return undefined;
    }
  }
}
