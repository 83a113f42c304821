import { inTurns } from '../stdx/in-turns.ts';
import { filesAtOnce } from './limits.ts';
import type { Storage } from './storage.ts';
import type { Transfer } from './transfer.ts';
import { contentOf, walkTree, type TreeEntry } from './tree.ts';
import { uploadBytes, type Destination } from './upload.ts';

type FileEntry = Extract<TreeEntry, { readonly kind: 'file' }>;

/** The regular files of trees, of those with the same path the first. */
async function* filesOf(directories: readonly string[], clashes: string[]): AsyncGenerator<FileEntry> {
  const known = new Set<string>();
  for (const directory of directories) {
    for await (const entry of walkTree(directory)) {
      if (entry.kind !== 'file') continue;
      const isNew = !known.has(entry.path);
      known.add(entry.path);
      if (isNew) {
        yield entry;
        continue;
      }
      clashes.push(entry.path);
      await entry.file.close();
    }
  }
}

/** Stores a file that was opened, at the size that it had then, and closes it. */
export async function uploadFile(storage: Storage, { file, status }: FileEntry, to: Destination, transfer: Transfer): Promise<void> {
  try {
    await uploadBytes(storage, to, contentOf(file, status.size), transfer);
  } finally {
    await file.close();
  }
}

/** Stores every file of the trees as an object of its own below a prefix. Links lead nowhere in S3, and are left out. Returns the paths that were left out for another's. */
export async function uploadTree(storage: Storage, directories: readonly string[], to: Destination, transfer: Transfer): Promise<readonly string[]> {
  const clashes: string[] = [];
  await inTurns(filesOf(directories, clashes), filesAtOnce, async (entry) => {
    await uploadFile(storage, entry, { bucket: to.bucket, key: `${to.key}${entry.path}` }, transfer);
  });
  return clashes;
}
