import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export interface ImageBuild {
  readonly rootfs: string;
  readonly entrypoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What it was made from, cheap to compare: an image whose source is the same need not be put together again. */
  readonly source?: string;
}

async function* describe(rootfs: string, folder: string): AsyncGenerator<string> {
  for (const name of (await readdir(join(rootfs, folder))).sort()) {
    const path = join(folder, name);
    const absolute = join(rootfs, path);
    const status = await lstat(absolute);
    const mode = (status.mode & 0o7777).toString(8);
    if (status.isDirectory()) {
      yield `directory ${mode} ${path}`;
      yield* describe(rootfs, path);
    } else if (status.isSymbolicLink()) {
      yield `link ${path} ${await readlink(absolute)}`;
    } else {
      const hash = createHash('sha256');
      await pipeline(createReadStream(absolute), hash);
      yield `file ${mode} ${path} ${hash.digest('hex')}`;
    }
  }
}

/** One name for everything that makes an image: the tree with its modes and bytes, the entry point, the environment. */
export async function contentHash(build: ImageBuild): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([build.entrypoint, build.environment]));
  for await (const line of describe(build.rootfs, '.')) hash.update(`${line}\n`);
  return hash.digest('hex');
}
