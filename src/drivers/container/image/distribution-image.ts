import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeAbandoned } from '../../process/abandoned.ts';
import { run } from '../../process/process.ts';
import type { ContainerDriver } from '../container-driver.ts';
import { fetchPackages } from './distribution-packages.ts';
import { configure, divide, unpack } from './distribution-rootfs.ts';
import { buildWheels, compilePython, installWheels, tryImports } from './python-packages.ts';

/** `images/` of the package: four folders up from here, in the checkout (`src/`) as in the package (`dist/`). */
const imagesFolder = join(dirname(fileURLToPath(import.meta.url)), '../../../../images');

interface Recipe {
  /** Folders of `images/` with a `packages.txt`. */
  readonly folders: readonly string[];
  /** What must import before the image is put into the store. */
  readonly imports: string;
}

const pythonImports = 'numpy, pandas, sklearn.ensemble, xgboost, boto3, sagemaker_training.cli.train';

const recipes: Readonly<Record<string, Recipe>> = {
  'cloister/python': { folders: ['python'], imports: pythonImports },
  'cloister/pytorch': { folders: ['python', 'pytorch'], imports: `${pythonImports}, torch.distributed` },
};

/** Images that are made from packages of this machine's distribution when the operator asks for them. */
export const distributionImages = Object.keys(recipes);

const requirements = join(imagesFolder, 'python/requirements.txt');
/** Goes up when something in the making changes: an image that was made before is made anew. */
const makingVersion = 1;
const workPrefix = 'making-';
const copyMs = 120_000;

/** Of every image that programs run in by name, as the scripts of AWS's images expect them. */
const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', PYTHONUNBUFFERED: '1' };

export interface DistributionImageOptions {
  /** Packages that were fetched once stay there. */
  readonly cacheFolder: string;
  /** Also when it is there: with the versions that the distribution has now. */
  readonly anew?: boolean;
  /** Told what is done. */
  readonly tell?: (step: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Makes `cloister/python` or `cloister/pytorch` in the driver's store, unless it is there and was made from the same lists.
 * Needs apt and its sources, and pip's index.
 */
export async function ensureDistributionImage(driver: ContainerDriver, name: string, options: DistributionImageOptions): Promise<void> {
  const recipe = recipes[name];
  if (recipe === undefined) throw new Error(`${name} is none of the images that packages make: ${distributionImages.join(', ')}`);
  const names = (await Promise.all(recipe.folders.map(packageNames))).flat();
  const source = await sourceOf(names);
  if (options.anew !== true && (await driver.imageSource(name)) === source) return;
  const { cacheFolder, signal, tell = () => undefined } = options;
  await mkdir(cacheFolder, { recursive: true });
  await removeAbandoned(cacheFolder, workPrefix);
  const work = await mkdtemp(join(cacheFolder, workPrefix));
  try {
    tell('fetching the packages of the distribution');
    const { kept, toBuild } = divide(await fetchPackages(join(cacheFolder, 'apt'), names, signal));
    const rootfs = join(work, 'rootfs');
    tell(`unpacking ${kept.length} packages`);
    await mkdir(rootfs);
    await unpack(rootfs, kept, signal);
    await configure(rootfs);
    tell('building the packages of Python that the distribution does not have');
    const wheels = join(work, 'wheels');
    const build = join(work, 'build');
    await run(['cp', '--archive', '--link', rootfs, build], { timeoutMs: copyMs });
    await unpack(build, toBuild, signal);
    await buildWheels({ root: build, signal }, requirements, wheels);
    await installWheels({ root: rootfs, signal }, requirements, wheels);
    tell('compiling and trying what was installed');
    await compilePython({ root: rootfs, signal });
    await tryImports({ root: rootfs, signal }, recipe.imports);
    tell('putting the image into the store');
    await driver.ensureImage(name, { rootfs, entrypoint: [], environment, source });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The lines of a list, without its comments. */
async function packageNames(folder: string): Promise<readonly string[]> {
  const lines = (await readFile(join(imagesFolder, folder, 'packages.txt'), 'utf8')).split('\n');
  return lines.map((line) => line.replace(/#.*/u, '').trim()).filter((line) => line !== '');
}

async function sourceOf(names: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([makingVersion, names, environment])).update(await readFile(requirements));
  return hash.digest('hex');
}
