import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { layout } from '../../src/daemon/layout.ts';
import { mountsAt } from '../../src/drivers/process/mounts.ts';
import { instanceLayout } from '../../src/model/job/instance-layout.ts';
import { containerIdsOf } from '../fixtures/holdings.ts';

/**
 * By what is seen that something is half done: what was made first is there, what is made last is not. The call that does it
 * is under way meanwhile.
 */

/** A volume's file has its name, and is not mounted. */
export function isVolumeHalfMade(directory: string): boolean {
  const { volume, volumeImage } = instanceLayout(directory);
  return existsSync(volumeImage) && mountsAt(volume).length === 0;
}

/** The agent has ended, and its note with it: the volume is next. */
export const isInstanceHalfReleased = (directory: string): boolean => existsSync(directory) && !existsSync(instanceLayout(directory).agentState);

/** The file system is mounted, and who answers there is not written down. */
export function isDataHalfMounted(directory: string): boolean {
  const { fastFile } = instanceLayout(directory);
  return mountsAt(fastFile).length > 0 && !readdirSync(directory).some((name) => /^fastfile-.*\.json$/u.test(name));
}

export function isDataHalfReleased(directory: string): boolean {
  const { fastFile } = instanceLayout(directory);
  return existsSync(fastFile) && mountsAt(fastFile).length === 0;
}

/** Its program was begun. The note comes last. */
export function isTunnelHalfMade(directory: string): boolean {
  const { tunnelLog, tunnelState } = instanceLayout(directory);
  return existsSync(tunnelLog) && !existsSync(tunnelState);
}

/** The store knows it. Its runtime has not readied it: that is done by the same call. */
export function isContainerHalfMade(dataDirectory: string, before: readonly string[]): boolean {
  return containerIdsOf(dataDirectory).some((id) => !before.includes(id));
}

/** Of a layer that is being fetched. */
const halfBytes = 256 << 10;

export function isImageHalfPulled(dataDirectory: string): boolean {
  const folder = join(layout(dataDirectory).containers, 'pulls');
  const sizes = readdirSync(folder, { recursive: true }).map((name) => statSync(join(folder, String(name)), { throwIfNoEntry: false }));
  return sizes.reduce((sum, status) => sum + (status?.isFile() === true ? status.size : 0), 0) > halfBytes;
}

/** Returns as soon as it is so: between any two things that this process does. False when `signal` was aborted before. */
export async function until(isSo: () => boolean, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (isSo()) return true;
    await nextTurn();
  }
  return false;
}
