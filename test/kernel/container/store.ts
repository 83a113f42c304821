import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuiltInImage } from '../../../src/drivers/container/image/built-in.ts';
import { PodmanDriver } from '../../../src/drivers/container/podman/podman-driver.ts';
import { run } from '../../../src/drivers/process/process.ts';

/** One store of images for all tests on this machine: importing takes seconds. It stays; it is a cache. */
const imageCache = process.env['CLOISTER_TEST_IMAGES'] ?? join(tmpdir(), 'cloister-test-images');

const labelPrefix = 'cloister-test';

/** Folders of this kind say whose they are: what a killed run left, the next one removes. */
const folderPrefix = 'cloister-container-';

async function removeLeftovers(imageStore: string): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(folderPrefix))) {
    const pid = name.slice(folderPrefix.length).split('-')[0] ?? '';
    if (!/^\d+$/.test(pid) || existsSync(`/proc/${pid}`)) continue;
    const folder = join(tmpdir(), name);
    await new PodmanDriver({ root: join(folder, 'store'), runRoot: join(folder, 'run'), labelPrefix, imageStore }).purge();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface TestStore {
  readonly driver: PodmanDriver;
  readonly folder: string;
  /** Another driver on the same store, as a daemon that starts anew has. */
  readonly driverAnew: () => PodmanDriver;
  readonly dispose: () => Promise<void>;
}

/** A driver with a store of its own over the shared images, and what removes every trace of it. */
export async function podmanForTests(images: readonly string[]): Promise<TestStore> {
  const imageStore = join(imageCache, 'store');
  const cache = new PodmanDriver({ root: imageStore, runRoot: join(imageCache, 'run'), labelPrefix });
  for (const image of images) await ensureBuiltInImage(cache, image);
  return await podmanOver(imageStore);
}

/** The same over images that others made. */
export async function podmanOver(imageStore: string): Promise<TestStore> {
  await removeLeftovers(imageStore);
  const folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  const root = join(folder, 'store');
  mkdirSync(root);
  const driverAnew = (): PodmanDriver => new PodmanDriver({ root, runRoot: join(folder, 'run'), labelPrefix, imageStore });
  const driver = driverAnew();
  const dispose = async (): Promise<void> => {
    await driver.purge();
    rmSync(folder, { recursive: true, force: true });
  };
  return { driver, folder, driverAnew, dispose };
}

/** A network namespace with a name of its own, and what removes it. */
export async function namespaceForTests(): Promise<{ path: string; dispose: () => Promise<void> }> {
  const name = `clt${process.pid}x${Math.trunc(performance.now())}`;
  await run(['ip', 'netns', 'add', name]);
  return { path: `/run/netns/${name}`, dispose: async () => void (await run(['ip', 'netns', 'delete', name])) };
}
