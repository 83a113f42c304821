import { existsSync, mkdtempSync } from 'node:fs';
import { mkdir, open, rename, rm, rmdir, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { instanceLayout } from '../../../model/job/instance-layout.ts';
import type { Capability } from '../../network/network-driver.ts';
import { mountsAt } from '../../process/mounts.ts';
import { ProcessError, run } from '../../process/process.ts';
import type { InstanceSpec, VolumeUse } from '../placement-driver.ts';

/**
 * The volume of an instance is an ext4 file system of its own, in a sparse file: it holds what its size says and nothing
 * more, on every file system of the host and without quotas of it. No journal (it never outlives its job), nothing
 * reserved for root, tables written when they are needed.
 */
const makeParameters = ['-q', '-F', '-t', 'ext4', '-m', '0', '-O', '^has_journal,^resize_inode', '-E', 'lazy_itable_init=1,nodiscard'] as const;
/** `discard`: what the job removes, the file gives back to the host. */
const mountOptions = 'loop,nosuid,nodev,noatime,noinit_itable,discard';
const gib = 2 ** 30;
/** Left to the host when a volume is larger than what it has. */
const hostReserveBytes = gib;
const probeBytes = 8 << 20;
/** More mounts on top of each other are a bug. */
const unmountsMax = 100;

/** Makes the volume, unless it is there, and mounts it, unless it is. */
export async function makeVolume({ directory, volumeBytes }: Pick<InstanceSpec, 'directory' | 'volumeBytes'>): Promise<void> {
  const { volume, volumeImage } = instanceLayout(directory);
  if (mountsAt(volume).includes(volume)) return;
  const isNew = !existsSync(volumeImage);
  if (isNew) await makeImage(volumeImage, Math.min(volumeBytes, await freeBytesFor(dirname(volumeImage))));
  await mkdir(volume, { recursive: true });
  await run(['mount', '-t', 'ext4', '-o', mountOptions, volumeImage, volume]);
  await rmdir(join(volume, 'lost+found')).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
}

/** Only a whole one has the name. */
async function makeImage(path: string, bytes: number): Promise<void> {
  const unfinished = `${path}.new`;
  await rm(unfinished, { force: true });
  const file = await open(unfinished, 'wx', 0o600);
  try {
    await file.truncate(bytes - (bytes % (1 << 20)));
  } finally {
    await file.close();
  }
  await run(['mke2fs', ...makeParameters, unfinished]);
  await rename(unfinished, path);
}

/** What a volume may grow to at most: nobody can promise what the host does not have. */
async function freeBytesFor(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.max(probeBytes, bavail * bsize - hostReserveBytes);
}

/** Looks at the file system's own root, in which nothing of the job is. Undefined when it is not mounted. */
export async function volumeUse(directory: string): Promise<VolumeUse | undefined> {
  const { volume } = instanceLayout(directory);
  if (!mountsAt(volume).includes(volume)) return undefined;
  const [{ blocks, bavail, bsize, ffree }, host] = await Promise.all([statfs(volume), statfs(directory)]);
  // The kernel writes the file of a volume as root.
  return { bytes: blocks * bsize, freeBytes: bavail * bsize, freeFiles: ffree, hostFreeBytes: host.bfree * host.bsize };
}

/** Unmounts everything at and below a directory, the innermost first; what is busy, as soon as it no longer is. */
export async function unmountBelow(directory: string): Promise<void> {
  for (let round = 0; round < unmountsMax; round += 1) {
    const path = mountsAt(directory)[0];
    if (path === undefined) return;
    try {
      await run(['umount', path]);
    } catch (error) {
      if (!(error instanceof ProcessError)) throw error;
      if (mountsAt(directory).includes(path)) await run(['umount', '--lazy', path]);
    }
  }
  throw new Error(`mounts below ${directory} come back`);
}

/** Tries it: a machine may lack the program, the loop devices, or the right to mount. */
export async function volumeCapability(): Promise<Capability> {
  const name = 'volumes';
  const folder = mkdtempSync(join(tmpdir(), 'cloister-volume-'));
  try {
    await makeVolume({ directory: folder, volumeBytes: probeBytes });
    return { name, ok: true, detail: 'instances have volumes of the size that was asked for' };
  } catch (error) {
    return {
      name,
      ok: false,
      detail: error instanceof Error ? error.message : String(error),
      fix: 'Install e2fsprogs and load the kernel module loop; in a container give it /dev/loop-control and the devices /dev/loop0 and on.',
    };
  } finally {
    await unmountBelow(folder);
    await rm(folder, { recursive: true, force: true });
  }
}
