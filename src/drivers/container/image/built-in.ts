import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ContainerDriver } from '../container-driver.ts';
import { addProgram, assembleBase, baseFiles, describeBase, type BaseFile } from './base-rootfs.ts';

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

const isProgram = (path: string): boolean => !path.endsWith('.test.ts') && !path.includes('/data/') && !path.endsWith('/data');

/**
 * Makes one built-in image in the driver's store. When it is there and was made from the same files, nothing is copied.
 * @param workFolder where its files are put together; a process that is killed leaves them there
 */
export async function ensureBuiltInImage(driver: ContainerDriver, name: string, workFolder = tmpdir()): Promise<void> {
  const image = builtInImages[name];
  if (image === undefined) throw new Error(`no built-in image is named ${name}: ${Object.keys(builtInImages).join(', ')}`);
  const program = image.folder === undefined ? undefined : join(imagesFolder, image.folder);
  const copies = await baseFiles();
  const source = await sourceOf(image, copies, program);
  if ((await driver.imageSource(name)) === source) return;
  const rootfs = await mkdtemp(join(workFolder, 'cloister-image-'));
  try {
    await assembleBase(rootfs, copies);
    if (program !== undefined) await addProgram(rootfs, program, 'opt/program', isProgram);
    await driver.ensureImage(name, { rootfs, entrypoint: image.entrypoint, environment: { PATH: '/usr/bin' }, source });
  } finally {
    await rm(rootfs, { recursive: true, force: true });
  }
}

/** One name for everything the image is made from: the machine's files by size and age, the program by its bytes. */
async function sourceOf(image: BuiltInImage, copies: readonly BaseFile[], program: string | undefined): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([image, await describeBase(copies)]));
  for (const name of program === undefined ? [] : (await readdir(program)).toSorted()) {
    const path = join(program ?? '', name);
    if (isProgram(path) && (await stat(path)).isFile()) hash.update(`${name}\0`).update(await readFile(path));
  }
  return hash.digest('hex');
}
