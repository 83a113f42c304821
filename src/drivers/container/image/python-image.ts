import { join } from 'node:path';
import { run } from '../../process/process.ts';
import type { DistributionPackage } from './distribution-packages.ts';
import { configure, divide, unpack } from './distribution-rootfs.ts';
import { buildWheels, compilePython, installWheels, tryImports } from './python-packages.ts';
import type { Recipe } from './recipe.ts';

const copyMs = 120_000;

/** Python with packages of the distribution, and with those it does not have: built with a compiler that does not stay. Needs pip's index. */
export function pythonRecipe({ folders, imports, imagesFolder }: Pick<Recipe, 'folders'> & { imports: string; imagesFolder: string }): Recipe {
  const requirements = join(imagesFolder, 'python/requirements.txt');
  return {
    folders,
    files: [requirements],
    entrypoint: [],
    environment: { PYTHONUNBUFFERED: '1' },
    async assemble({ work, rootfs, signal, tell }, packages: readonly DistributionPackage[]) {
      const { kept, toBuild } = divide(packages);
      tell(`unpacking ${kept.length} packages`);
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
      await tryImports({ root: rootfs, signal }, imports);
    },
  };
}
