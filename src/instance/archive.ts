import { constants, type Stats } from 'node:fs';
import { open, readdir, readlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { OrderFailed } from './failure.ts';
import { archiveEntriesMax } from './limits.ts';
import { tarEnd, tarHeader, tarPadding, type TarEntry } from './tar.ts';

/**
 * The container wrote this tree and may still be writing: each folder and file is opened relative to the folder before
 * it and never through a link; only regular files are read, and links are archived as links.
 */
const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const fileFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** `O_PATH` is not among Node's constants: it opens a link itself, of which only the target can be read. */
const linkFlags = 0o10000000 | constants.O_NOFOLLOW;

const readBytes = 256 << 10;

const inside = (folder: FileHandle, name = ''): string => join(`/proc/self/fd/${folder.fd}`, name);

/** Paths that are in the archive already. */
type Archived = Set<string>;

function entryOf(path: string, kind: TarEntry['kind'], status: Stats, target?: string): TarEntry {
  const size = kind === 'file' ? status.size : 0;
  return { path, kind, mode: status.mode, size, modifiedSeconds: status.mtimeMs / 1_000, ...(target !== undefined && { target }) };
}

/** Exactly the bytes that the header promised, also when the file shrinks or grows meanwhile. */
async function* contentOf(file: FileHandle, size: number): AsyncGenerator<Buffer> {
  let rest = size;
  while (rest > 0) {
    const buffer = Buffer.allocUnsafe(Math.min(readBytes, rest));
    const { bytesRead } = await file.read(buffer, 0, buffer.length);
    if (bytesRead === 0) break;
    rest -= bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
  for (; rest > 0; rest -= Math.min(readBytes, rest)) yield Buffer.alloc(Math.min(readBytes, rest));
  yield tarPadding(size);
}

async function openInside(folder: FileHandle, name: string, flags: number): Promise<FileHandle | undefined> {
  try {
    return await open(inside(folder, name), flags);
  } catch (error) {
    // Gone since it was listed, or not what it was: a link now, a socket (which cannot be opened), a device.
    if (['ENOENT', 'ELOOP', 'ENXIO', 'ENODEV', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

async function* walk(folder: FileHandle, path: string, archived: Archived): AsyncGenerator<Buffer> {
  const children = (await readdir(inside(folder), { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const child of children) {
    if (archived.size >= archiveEntriesMax) {
      throw new OrderFailed({ kind: 'local-files', attempted: `archive ${path}`, message: `more than ${archiveEntriesMax} files` });
    }
    const childPath = `${path}${child.name}`;
    const isNew = !archived.has(childPath);
    if (!isNew && !child.isDirectory()) continue;
    const flags = child.isDirectory() ? folderFlags : child.isSymbolicLink() ? linkFlags : fileFlags;
    if (!child.isDirectory() && !child.isSymbolicLink() && !child.isFile()) continue;
    await using opened = await openInside(folder, child.name, flags);
    if (opened === undefined) {
      if (child.name.includes('\uFFFD'))
        throw new OrderFailed({ kind: 'local-files', attempted: `archive ${childPath}`, message: 'a name that is not UTF-8' });
      continue;
    }
    const status = await opened.stat();
    if (!status.isDirectory()) archived.add(childPath);
    if (status.isDirectory()) {
      if (isNew) yield tarHeader(entryOf(`${childPath}/`, 'folder', status));
      archived.add(childPath);
      yield* walk(opened, `${childPath}/`, archived);
    } else if (status.isSymbolicLink()) {
      yield tarHeader(entryOf(childPath, 'link', status, await readlink(inside(folder, child.name)).catch(() => '')));
    } else if (status.isFile()) {
      yield tarHeader(entryOf(childPath, 'file', status));
      yield* contentOf(opened, status.size);
    }
  }
}

async function openRoot(directory: string): Promise<FileHandle | undefined> {
  try {
    return await open(directory, folderFlags);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** The trees as one tar archive, of files with the same path the first; nothing at all when they are empty or not there. */
export async function* archive(directories: readonly string[]): AsyncGenerator<Buffer> {
  const archived: Archived = new Set();
  for (const directory of directories) {
    await using root = await openRoot(directory);
    if (root !== undefined) yield* walk(root, '', archived);
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
