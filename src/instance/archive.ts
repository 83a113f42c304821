import { open, type FileHandle } from 'node:fs/promises';
import { contentOf, fileFlags, walkTree, type TreeEntry } from './tree.ts';
import { tarEnd, tarHeader, tarPadding } from './tar.ts';

async function* member(entry: TreeEntry): AsyncGenerator<Buffer> {
  const { path, status } = entry;
  const common = { mode: status.mode, modifiedSeconds: status.mtimeMs / 1_000 };
  switch (entry.kind) {
    case 'folder':
      yield tarHeader({ ...common, path: `${path}/`, kind: 'folder', size: 0 });
      return;
    case 'link':
      yield tarHeader({ ...common, path, kind: 'link', size: 0, target: entry.target });
      return;
    case 'file':
      yield tarHeader({ ...common, path, kind: 'file', size: status.size });
      yield* contentOf(entry.file, status.size);
      yield tarPadding(status.size);
  }
}

/**
 * The trees as one tar archive, of files with the same path the first; nothing at all when they are empty or not there.
 * Only regular files are read, and links are archived as links. Paths that are left out are added to `clashes`.
 */
export async function* archive(directories: readonly string[], clashes: string[]): AsyncGenerator<Buffer> {
  const archived = new Set<string>();
  for (const directory of directories) {
    for await (const entry of walkTree(directory)) {
      try {
        if (archived.has(entry.path)) {
          if (entry.kind !== 'folder') clashes.push(entry.path);
          continue;
        }
        archived.add(entry.path);
        yield* member(entry);
      } finally {
        if (entry.kind === 'file') await entry.file.close();
      }
    }
  }
  if (archived.size > 0) yield tarEnd;
}

/** The beginning of a file of the tree, or undefined when there is no such regular file. */
export async function readBeginning(path: string, charactersMax: number): Promise<string | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, fileFlags);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENXIO', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
  try {
    if (!(await file.stat()).isFile()) return undefined;
    // At most four bytes make a character.
    const buffer = Buffer.alloc(4 * charactersMax);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead).toString('utf8').slice(0, charactersMax);
  } finally {
    await file.close();
  }
}
