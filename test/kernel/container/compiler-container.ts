import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { defaults } from '../../../src/daemon/options.ts';
import { run } from '../../../src/drivers/process/process.ts';
import { present } from '../../../src/stdx/assert.ts';
import { needsImage } from '../../fixtures/distribution-image.ts';
import { podmanOver } from './store.ts';

const uidBase = 3_300_000;
let containers = 0;

export interface Ended {
  readonly exitCode: number;
  /** The folder that was `/opt/ml`. */
  readonly ml: string;
  readonly said: string;
}

interface Started {
  readonly environment?: Readonly<Record<string, string>>;
  /** Instead of the image's own; `/opt/test` is the folder `programs`. */
  readonly argv?: readonly [string, ...string[]];
  readonly memoryBytes?: number;
}

type Store = Awaited<ReturnType<typeof podmanOver>>;

/** For the file that calls it: `cloister/compiler`, and a store for its containers while the tests run. */
export function compilerContainers(): {
  readonly missing: () => boolean;
  readonly run: (prepare: (ml: string) => void, started?: Started) => Promise<Ended>;
} {
  const image = needsImage('cloister/compiler');
  let store: Store | undefined;
  beforeAll(async () => {
    if (!image.missing()) store = await podmanOver(process.env['CLOISTER_IMAGE_STORE'] ?? defaults.imageStore);
  }, 120_000);
  afterAll(async () => await store?.dispose());
  return { missing: image.missing, run: async (prepare, started) => await inCompilerImage(present(store, 'the image is there'), prepare, started) };
}

/** One container without any network, as an unprivileged user, in a folder of its own. */
async function inCompilerImage(
  { driver, folder }: Store,
  prepare: (ml: string) => void,
  { environment = {}, argv, memoryBytes }: Started = {},
): Promise<Ended> {
  containers += 1;
  const name = `compile-${containers}`;
  const ml = join(folder, name, 'ml');
  mkdirSync(join(ml, 'model/input'), { recursive: true });
  prepare(ml);
  await run(['chown', '-R', `${uidBase}:${uidBase}`, ml]);
  const programs = join(import.meta.dirname, 'programs');
  chmodSync(join(folder, name), 0o755);
  await driver.create({
    name,
    labels: {},
    image: 'cloister/compiler',
    ...(argv && { entrypoint: argv.slice(0, 1) }),
    arguments: argv?.slice(1) ?? [],
    environment,
    mounts: [
      { source: ml, target: '/opt/ml', readOnly: false },
      { source: programs, target: '/opt/test', readOnly: true },
    ],
    networkNamespacePath: 'none',
    hostname: 'compiler',
    uidBase,
    ...(memoryBytes !== undefined && { memoryBytes }),
    logPath: join(folder, `${name}.log`),
  });
  await driver.start(name);
  const exitCode = await driver.wait(name, AbortSignal.timeout(500_000));
  return { exitCode, ml, said: readFileSync(join(folder, `${name}.log`), 'utf8') };
}
