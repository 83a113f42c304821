import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ContainerDriver } from '../container-driver.ts';
import { addProgram, assembleBase } from './base-rootfs.ts';

/** `images/` of the package: four folders up from here, in the checkout (`src/`) as in the package (`dist/`). */
const imagesFolder = join(dirname(fileURLToPath(import.meta.url)), '../../../../images');

interface BuiltInImage {
  /** The folder in `images/` that becomes `/opt/program`. */
  readonly folder?: string;
  readonly entrypoint: readonly string[];
}

const runsProgram = ['/usr/bin/node', '--disable-warning=ExperimentalWarning', '/opt/program/main.ts'];

/** The images that come with Cloister, by the names that `TrainingImage` takes. */
export const builtInImages: Readonly<Record<string, BuiltInImage>> = {
  'cloister/base': { entrypoint: [] },
  'cloister/gbt': { folder: 'gbt', entrypoint: runsProgram },
};

/**
 * Makes one built-in image in the driver's store. Quick when it is there already and nothing changed.
 * @param workFolder where its files are put together; a process that is killed leaves them there
 */
export async function ensureBuiltInImage(driver: ContainerDriver, name: string, workFolder = tmpdir()): Promise<void> {
  const image = builtInImages[name];
  if (image === undefined) throw new Error(`no built-in image is named ${name}: ${Object.keys(builtInImages).join(', ')}`);
  const rootfs = await mkdtemp(join(workFolder, 'cloister-image-'));
  try {
    await assembleBase(rootfs);
    const isProgram = (path: string): boolean => !path.endsWith('.test.ts') && !path.includes('/data/') && !path.endsWith('/data');
    if (image.folder !== undefined) await addProgram(rootfs, join(imagesFolder, image.folder), 'opt/program', isProgram);
    await driver.ensureImage(name, { rootfs, entrypoint: image.entrypoint, environment: { PATH: '/usr/bin' } });
  } finally {
    await rm(rootfs, { recursive: true, force: true });
  }
}
