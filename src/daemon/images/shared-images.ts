import { ensureDistributionImage } from '../../drivers/container/image/distribution-image.ts';
import { PodmanDriver } from '../../drivers/container/podman/podman-driver.ts';
import { kernelPrefix } from '../options.ts';

/** Packages of images, fetched once for the daemons of this machine. */
export const packageCache = '/var/cache/cloister/packages';

/** The store of images that daemons of this machine share: those that come with Cloister, and those that packages make. */
export function sharedImages(root: string): PodmanDriver {
  return new PodmanDriver({ root, runRoot: `/run/${kernelPrefix(root)}-images`, labelPrefix: 'cloister' });
}

export interface Making {
  readonly anew: boolean;
  readonly tell: (step: string) => void;
  readonly signal?: AbortSignal;
}

export async function ensureSharedImage(store: PodmanDriver, name: string, how: Making): Promise<void> {
  await ensureDistributionImage(store, name, { cacheFolder: packageCache, ...how });
}
