import { constants, type Stats } from 'node:fs';
import { open, readdir, readlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { refuse } from './channel-objects.ts';
import { treeEntriesMax } from './limits.ts';

/**
 * The container wrote these trees and may still be writing: each folder and file is opened relative to the folder before
 * it and never through a link.
 */
const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
export const fileFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** `O_PATH` is not among Node's constants: it opens a link itself, of which only the target can be read. */
const linkFlags = 0o10000000 | constants.O_NOFOLLOW;

const inside = (folder: FileHandle, name = ''): string => join(`/proc/self/fd/${folder.fd}`, name);

/** A thing of a tree, by its path in it. A file is open, and whoever gets it closes it. */
export type TreeEntry = { readonly path: string; readonly status: Stats } & (
  | { readonly kind: 'folder' }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'file'; readonly file: FileHandle }
);

async function openInside(folder: FileHandle, name: string, flags: number): Promise<FileHandle | undefined> {
  try {
    return await open(inside(folder, name), flags);
  } catch (error) {
    // Gone since it was listed, or not what it was: a link now, a socket (which cannot be opened), a device.
    if (['ENOENT', 'ELOOP', 'ENXIO', 'ENODEV', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

async function* walkFolder(folder: FileHandle, path: string, seen: { entries: number }): AsyncGenerator<TreeEntry> {
  const children = (await readdir(inside(folder), { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const child of children) {
    if (!child.isDirectory() && !child.isSymbolicLink() && !child.isFile()) continue;
    seen.entries += 1;
    if (seen.entries > treeEntriesMax) refuse(`read ${path}`, `more than ${treeEntriesMax} files`);
    const childPath = `${path}${child.name}`;
    const flags = child.isDirectory() ? folderFlags : child.isSymbolicLink() ? linkFlags : fileFlags;
    const opened = await openInside(folder, child.name, flags);
    if (opened === undefined) {
      if (child.name.includes('\uFFFD')) refuse(`read ${childPath}`, 'a name that is not UTF-8');
      continue;
    }
    const status = await opened.stat();
    if (status.isFile()) {
      yield { kind: 'file', path: childPath, status, file: opened };
      continue;
    }
    try {
      if (status.isDirectory()) {
        yield { kind: 'folder', path: childPath, status };
        yield* walkFolder(opened, `${childPath}/`, seen);
      } else if (status.isSymbolicLink()) {
        yield { kind: 'link', path: childPath, status, target: await readlink(inside(folder, child.name)).catch(() => '') };
      }
    } finally {
      await opened.close();
    }
  }
}

/** Everything in a tree, folders before what is in them; nothing when it is not there. */
export async function* walkTree(directory: string): AsyncGenerator<TreeEntry> {
  let root: FileHandle;
  try {
    root = await open(directory, folderFlags);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return;
    throw error;
  }
  try {
    yield* walkFolder(root, '', { entries: 0 });
  } finally {
    await root.close();
  }
}

const readBytes = 256 << 10;

/** Exactly so many bytes, also when the file shrinks or grows meanwhile. */
export async function* contentOf(file: FileHandle, size: number): AsyncGenerator<Buffer> {
  let rest = size;
  while (rest > 0) {
    const buffer = Buffer.allocUnsafe(Math.min(readBytes, rest));
    const { bytesRead } = await file.read(buffer, 0, buffer.length);
    if (bytesRead === 0) break;
    rest -= bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
  for (; rest > 0; rest -= Math.min(readBytes, rest)) yield Buffer.alloc(Math.min(readBytes, rest));
}
