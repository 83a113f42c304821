import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assert } from '../../stdx/assert.ts';

/** A file of object bytes as it lies on disk. */
export interface StoredBlob {
  /** The name of the file. */
  readonly blobId: string;
  readonly path: string;
  /** False of a file that no read looks for: its name is no blob's, or it lies in the folder of others. */
  readonly isInPlace: boolean;
  readonly size: number;
  readonly modifiedAt: Date;
}

const blobIdPattern = /^[A-Za-z0-9_-]{4,64}$/;

/** The file of a blob: `DIRECTORY/3f/ID`, in one of 256 folders, so that no folder grows beyond what listing bears. Pure. */
export function blobPath(directory: string, blobId: string): string {
  assert(blobIdPattern.test(blobId), `${JSON.stringify(blobId)} is a blob id`);
  const shard = createHash('sha256').update(blobId).digest('hex').slice(0, 2);
  return join(directory, shard, blobId);
}

/** Removes a blob. Removing one that is not there is not an error. */
export async function removeBlob(directory: string, blobId: string): Promise<void> {
  await rm(blobPath(directory, blobId), { force: true });
}

/** How many bytes the file of a blob has; undefined when there is none. */
export async function blobSize(directory: string, blobId: string): Promise<number | undefined> {
  try {
    return (await stat(blobPath(directory, blobId))).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

/**
 * Every blob on disk, one folder at a time. At start, before anything listens, a blob without a row is what an upload
 * left that nobody was told of: it may be removed.
 */
export async function* listBlobs(directory: string): AsyncGenerator<StoredBlob> {
  const shards = await readdir(directory).catch(emptyWhenMissing);
  for (const shard of shards.sort()) {
    if (!/^[0-9a-f]{2}$/.test(shard)) continue;
    for (const blobId of (await readdir(join(directory, shard)).catch(emptyWhenMissing)).sort()) {
      const path = join(directory, shard, blobId);
      const found = await stat(path).catch(() => undefined);
      if (found?.isFile() !== true) continue;
      const isInPlace = blobIdPattern.test(blobId) && blobPath(directory, blobId) === path;
      yield { blobId, path, isInPlace, size: found.size, modifiedAt: found.mtime };
    }
  }
}

function emptyWhenMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code !== 'ENOENT') throw error;
  return [];
}

/** Makes the folder of a blob, durable in its parent. */
export async function makeBlobFolder(path: string): Promise<void> {
  const first = await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if (first !== undefined) await syncFolder(dirname(first));
}

/** Makes the names in a folder durable; syncing a file alone does not promise that its name survives. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
