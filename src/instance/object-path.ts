import { assert } from '../stdx/assert.ts';

/** Where a key goes below the channel's folder, or why it cannot go anywhere. */
export type ObjectPath = { readonly path: string; readonly isFolder: boolean } | { readonly refused: string };

const segmentBytesMax = 255;

/**
 * The key without the prefix's folder: below `data/train/`, or below `data/train` when that is the whole of a folder's
 * name; beside it when the prefix ends in the middle of a name. A key that is the prefix itself keeps its last name.
 */
function relativeKey(key: string, prefix: string): string {
  if (prefix === '' || (prefix.endsWith('/') && key.startsWith(prefix))) return key.slice(prefix.length);
  if (key.startsWith(`${prefix}/`)) return key.slice(prefix.length + 1);
  return key.slice(prefix.lastIndexOf('/') + 1);
}

/** Keys are any bytes; file names are not: what would leave the folder or cannot be written is refused. */
export function objectPath(key: string, prefix: string): ObjectPath {
  const relative = relativeKey(key, prefix);
  const segments = relative.split('/').filter((segment) => segment !== '');
  if (segments.some((segment) => segment === '..' || segment === '.')) return { refused: 'the key holds "." or ".." as a folder' };
  if (relative.includes('\0')) return { refused: 'the key holds a zero byte' };
  if (segments.some((segment) => Buffer.byteLength(segment) > segmentBytesMax)) return { refused: 'a name in the key is longer than 255 bytes' };
  return { path: segments.join('/'), isFolder: relative === '' || relative.endsWith('/') };
}

/** Which key each path is for: two cannot be one file, nor can one be a file where the other needs a folder. */
export class TakenPaths {
  readonly #taken = new Map<string, { readonly key: string; readonly isFile: boolean }>();

  /** Takes a path and the folders above it. Returns the key that keeps it from doing so. */
  take(path: string, key: string, isFile: boolean): string | undefined {
    const own = this.#taken.get(path);
    if (own !== undefined && (isFile || own.isFile)) return own.key;
    this.#taken.set(path, { key, isFile });
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      const above = this.#taken.get(folder);
      if (above?.isFile === true) return above.key;
      // Those above it are taken, too.
      if (above !== undefined) return undefined;
      this.#taken.set(folder, { key, isFile: false });
    }
    return undefined;
  }
}

/** The share of one instance: every `count`-th object in order of keys. */
export function shardOf<T>(objects: readonly T[], { index, count }: { readonly index: number; readonly count: number }): readonly T[] {
  assert(index >= 0 && index < count, 'an instance has a share');
  return objects.filter((_, number) => number % count === index);
}
