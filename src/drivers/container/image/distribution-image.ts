import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeAbandoned } from '../../process/abandoned.ts';
import type { ContainerDriver } from '../container-driver.ts';
import { compilerRecipe } from './compiler-image.ts';
import { fetchPackages } from './distribution-packages.ts';
import { pythonRecipe } from './python-image.ts';
import type { Recipe } from './recipe.ts';

/** `images/` of the package: four folders up from here, in the checkout (`src/`) as in the package (`dist/`). */
const imagesFolder = join(dirname(fileURLToPath(import.meta.url)), '../../../../images');

const pythonImports = 'numpy, pandas, sklearn.ensemble, xgboost, boto3, sagemaker_training.cli.train';

const recipes: Readonly<Record<string, () => Recipe>> = {
  'cloister/python': () => pythonRecipe({ folders: ['python'], imports: pythonImports, imagesFolder }),
  'cloister/pytorch': () => pythonRecipe({ folders: ['python', 'pytorch'], imports: `${pythonImports}, torch.distributed`, imagesFolder }),
  'cloister/compiler': () => compilerRecipe(imagesFolder),
};

/** Images that are made from packages of this machine's distribution when the operator asks for them. */
export const distributionImages = Object.keys(recipes);

/** Goes up when something in the making changes: an image that was made before is made anew. */
const makingVersion = 1;
const workPrefix = 'making-';

/** Of every image that programs run in by name, as the scripts of AWS's images expect them. */
const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' };

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
 * Makes one of these images in the driver's store, unless it is there and was made from the same lists and files.
 * Needs apt and its sources.
 */
export async function ensureDistributionImage(driver: ContainerDriver, name: string, options: DistributionImageOptions): Promise<void> {
  const recipe = Object.hasOwn(recipes, name) ? recipes[name]?.() : undefined;
  if (recipe === undefined) throw new Error(`${name} is none of the images that packages make: ${distributionImages.join(', ')}`);
  const names = (await Promise.all(recipe.folders.map(packageNames))).flat();
  const source = await sourceOf(recipe, names);
  if (options.anew !== true && (await driver.imageSource(name)) === source) return;
  const { cacheFolder, signal, tell = () => undefined } = options;
  await mkdir(cacheFolder, { recursive: true });
  await removeAbandoned(cacheFolder, workPrefix);
  const work = await mkdtemp(join(cacheFolder, workPrefix));
  try {
    tell('fetching the packages of the distribution');
    const packages = await fetchPackages(join(cacheFolder, 'apt'), names, signal);
    const rootfs = join(work, 'rootfs');
    await mkdir(rootfs);
    await recipe.assemble({ work, rootfs, signal, tell }, packages);
    tell('putting the image into the store');
    await driver.ensureImage(name, { rootfs, entrypoint: recipe.entrypoint, environment: { ...environment, ...recipe.environment }, source });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The lines of a list, without its comments. */
async function packageNames(folder: string): Promise<readonly string[]> {
  const lines = (await readFile(join(imagesFolder, folder, 'packages.txt'), 'utf8')).split('\n');
  return lines.map((line) => line.replace(/#.*/u, '').trim()).filter((line) => line !== '');
}

async function sourceOf({ files, madeOf = [], environment: own }: Recipe, names: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([makingVersion, names, { ...environment, ...own }, ...madeOf]));
  for (const path of files) hash.update(await readFile(path));
  return hash.digest('hex');
}
