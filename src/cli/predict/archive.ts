import { gunzipSync } from 'node:zlib';

const blockBytes = 512;
const defaultBytesMax = 2 ** 30;
const octal = 8;
/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06: places in a header of ustar. */
const places = { name: [0, 100], size: [124, 12], type: [156, 1], prefix: [345, 155] } as const;

/**
 * The files of an archive that have one of these names and lie at its root. Nothing is written anywhere: what else the
 * archive holds, links and paths that lead elsewhere among it, is passed over.
 * @throws Error in one line for what is no archive, or is one too large
 */
export function filesOf(archive: Uint8Array, wanted: readonly string[], bytesMax = defaultBytesMax): ReadonlyMap<string, Buffer> {
  const bytes = unzipped(archive, bytesMax);
  const found = new Map<string, Buffer>();
  for (let at = 0; at + blockBytes <= bytes.length && bytes[at] !== 0;) {
    const header = bytes.subarray(at, at + blockBytes);
    const size = Number.parseInt(text(header, places.size).trim() || '0', octal);
    const end = at + blockBytes + size;
    if (!Number.isSafeInteger(size) || size < 0 || end > bytes.length) throw new Error('the archive is cut off');
    const name = text(header, places.name).replace(/^\.\//u, '');
    const isFile = ['', '0'].includes(text(header, places.type)) && text(header, places.prefix) === '';
    if (isFile && wanted.includes(name)) {
      if (found.has(name)) throw new Error(`the archive holds ${name} twice`);
      found.set(name, bytes.subarray(at + blockBytes, end));
    }
    at = end + ((blockBytes - (size % blockBytes)) % blockBytes);
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

function text(header: Buffer, [from, length]: readonly [number, number]): string {
  const field = header.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end < 0 ? length : end);
}
