import { gunzipSync } from 'node:zlib';
import { readTarHeader, tarBlock, tarPaddingBytes } from '../../stdx/tar-header.ts';

const defaultBytesMax = 2 ** 30;

/**
 * The files of an archive that have one of these names and lie at its root. Nothing is written anywhere: what else the
 * archive holds, links and paths that lead elsewhere among it, is passed over.
 * @throws Error in one line for what is no archive, or is one too large
 */
export function filesOf(archive: Uint8Array, wanted: readonly string[], bytesMax = defaultBytesMax): ReadonlyMap<string, Buffer> {
  const bytes = unzipped(archive, bytesMax);
  const found = new Map<string, Buffer>();
  for (let at = 0; at + tarBlock <= bytes.length && bytes[at] !== 0;) {
    const header = readTarHeader(bytes.subarray(at, at + tarBlock));
    if (header === undefined) throw new Error('it is no tar archive');
    const { size, flag } = header;
    const end = at + tarBlock + size;
    if (!Number.isSafeInteger(size) || end > bytes.length) throw new Error('the archive is cut off');
    const name = header.name.replace(/^\.\//u, '');
    if (['\0', '0'].includes(flag) && wanted.includes(name)) {
      if (found.has(name)) throw new Error(`the archive holds ${name} twice`);
      found.set(name, bytes.subarray(at + tarBlock, end));
    }
    at = end + tarPaddingBytes(size);
  }
  return found;
}

function unzipped(archive: Uint8Array, bytesMax: number): Buffer {
  try {
    return gunzipSync(archive, { maxOutputLength: bytesMax });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new Error(`the archive holds more than ${bytesMax} bytes`, { cause: error });
    throw new Error('it is no .tar.gz', { cause: error });
  }
}
