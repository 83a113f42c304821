import { beforeAll, beforeEach } from 'vitest';
import { kernelPrefix } from '../../../src/daemon/options.ts';
import { ensureDistributionImage } from '../../../src/drivers/container/image/distribution-image.ts';
import { PodmanDriver } from '../../../src/drivers/container/podman/podman-driver.ts';

const imageMs = 30 * 60_000;

export function compilerImage(): { readonly store: string } {
  const root = process.env['CLOISTER_IMAGE_STORE'] ?? '/var/cache/cloister/image-store';
  beforeAll(async () => {
    const driver = new PodmanDriver({ root, runRoot: `/run/${kernelPrefix(root)}-images`, labelPrefix: 'cloister' });
    await ensureDistributionImage(driver, 'cloister/compiler', { cacheFolder: '/var/cache/cloister/packages' });
  }, imageMs);
  beforeEach(() => undefined);
  return { store: root };
}
