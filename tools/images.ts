/**
 * Makes the images that the suites run real scripts in, unless they are current: `node tools/images.ts [NAME]…`. Where the mirror of the
 * distribution or the index of Python's packages cannot be reached the last line of an image says so, and the tests that need it skip.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureSharedImage, packageCache, sharedImages } from '../src/daemon/images/shared-images.ts';
import { defaults } from '../src/daemon/options.ts';
import { distributionImages } from '../src/drivers/container/image/distribution-image.ts';
import { fetchPackages } from '../src/drivers/container/image/distribution-packages.ts';
import { run } from '../src/drivers/process/process.ts';

const locked = '--locked';
const downloadMs = 120_000;

/** Suites that run at once make an image once: whoever comes second waits here. */
function againLocked(names: readonly string[]): number {
  mkdirSync(packageCache, { recursive: true });
  const argv = [join(packageCache, 'making.lock'), process.execPath, ...process.execArgv, import.meta.filename, locked, ...names];
  return spawnSync('flock', argv, { stdio: 'inherit' }).status ?? 1;
}

async function make(store: ReturnType<typeof sharedImages>, name: string): Promise<void> {
  const tell = (step: string): void => void process.stdout.write(`${name}: ${step}\n`);
  try {
    await ensureSharedImage(store, name, { anew: false, tell });
    tell('current');
  } catch (error) {
    const reason = await unreachable();
    if (reason === undefined) throw error;
    tell(`cannot be made here: ${reason}`);
  }
}

/** Why nothing can be fetched, asked again in a few small requests: only that excuses an image that could not be made. */
async function unreachable(): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'cloister-reach-'));
  try {
    await fetchPackages(folder, ['base-files']);
    const pinned = readFileSync('images/python/requirements.txt', 'utf8');
    const [boto3 = 'boto3'] = /^boto3==.*/mu.exec(pinned) ?? [];
    const pip = [
      'python3',
      '-m',
      'pip',
      '--disable-pip-version-check',
      '--quiet',
      'download',
      '--no-deps',
      '--no-cache-dir',
      '--retries',
      '1',
    ] as const;
    await run([...pip, '--dest', folder, boto3], { timeoutMs: downloadMs });
    return undefined;
  } catch (error) {
    return (error as Error).message.replaceAll(/\s*\n\s*/gu, '; ');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [first, ...others] = process.argv.slice(2);
if (first !== locked) process.exitCode = againLocked(first === undefined ? distributionImages : [first, ...others]);
else {
  const store = sharedImages(process.env['CLOISTER_IMAGE_STORE'] ?? defaults.imageStore);
  for (const name of others) await make(store, name);
}
