import { readTarHeader, tarBlock, tarPaddingBytes, textOf, type TarHeader } from '../stdx/tar-header.ts';

/** Why an archive is not unpacked. */
export class UnusableArchive extends Error {
  override readonly name = 'UnusableArchive';
}

/** A file or folder of an archive. Its content must be read, or is skipped, before the next one comes. */
export interface ArchiveMember {
  /** Below the folder that the archive is unpacked into; without a slash at its end. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly size: number;
  readonly content: AsyncIterable<Buffer>;
}

const membersMax = 100_000;
/** Each member may name a thousand folders, one in the other. */
const foldersMax = 500_000;
const nameBytesMax = 255;
/** Of a name with its folders: less than Linux takes, for it goes below others. */
const pathBytesMax = 3_072;
/** Of the texts that stand before a member: a long name, records of pax. */
const textBytesMax = 1 << 20;

/** Bytes as they come, of which exactly so many can be taken. */
class Bytes {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** At most so many; undefined at the end. */
  async some(max: number): Promise<Buffer | undefined> {
    while (this.#rest.length === 0) {
      const next = await this.#source.next();
      if (next.done === true) return undefined;
      this.#rest = next.value;
    }
    const taken = this.#rest.subarray(0, max);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  /** Undefined when there is nothing more at all. */
  async exactly(count: number): Promise<Buffer | undefined> {
    const chunks: Buffer[] = [];
    let length = 0;
    while (length < count) {
      const chunk = await this.some(count - length);
      if (chunk === undefined && length === 0) return undefined;
      if (chunk === undefined) throw new UnusableArchive('It ends in the middle');
      chunks.push(chunk);
      length += chunk.length;
    }
    return Buffer.concat(chunks);
  }
}

function headerOf(block: Buffer): TarHeader {
  const header = readTarHeader(block);
  if (header === undefined) throw new UnusableArchive('It is no tar archive');
  if (!Number.isSafeInteger(header.size)) throw new UnusableArchive('It holds something of impossible size');
  return header;
}

/** `LENGTH KEY=VALUE\n`, as often as there are. */
function paxRecords(text: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let start = 0; start < text.length;) {
    const length = Number.parseInt(text.subarray(start, start + 20).toString('latin1'), 10);
    if (!(length > 0) || start + length > text.length) throw new UnusableArchive('It holds broken records');
    const record = text.subarray(start, start + length).toString();
    const [, key, value] = /^\d+ ([^=]+)=([\s\S]*)\n$/u.exec(record) ?? [];
    if (key !== undefined && value !== undefined) records.set(key, value);
    start += length;
  }
  return records;
}

/** Nothing of an archive may get out of its folder. */
function safePath(name: string): string {
  if (name.startsWith('/')) throw new UnusableArchive(`It holds an absolute name: ${name}`);
  const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) throw new UnusableArchive(`It holds a name that leads out of it: ${name}`);
  if (name.includes('\0') || Buffer.byteLength(name) > pathBytesMax || segments.some((segment) => Buffer.byteLength(segment) > nameBytesMax)) {
    throw new UnusableArchive(`It holds what is no name of a file: ${name.slice(0, nameBytesMax)}`);
  }
  return segments.join('/');
}

const refusedKinds: Readonly<Record<string, string>> = { 1: 'a link', 2: 'a link', 3: 'a device', 4: 'a device', 6: 'a pipe', S: 'a sparse file' };

/** The members of a tar archive, as POSIX and GNU write them. Throws `UnusableArchive`; links and devices are not unpacked. */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<ArchiveMember> {
  const bytes = new Bytes(source);
  let longName: string | undefined;
  let records: ReadonlyMap<string, string> = new Map();
  let members = 0;
  let folders = 0;
  for (;;) {
    const block = await bytes.exactly(tarBlock);
    if (block === undefined && members === 0) throw new UnusableArchive('It is empty');
    if (block === undefined || block.every((byte) => byte === 0)) return;
    const header = headerOf(block);
    members += 1;
    if (members > membersMax) throw new UnusableArchive(`It holds more than ${membersMax} files`);
    if (header.flag === 'g' || header.flag === 'K' || header.flag === 'x' || header.flag === 'L') {
      const text = await textBefore(bytes, header.size);
      if (header.flag === 'x') records = paxRecords(text);
      if (header.flag === 'L') longName = textOf(text);
      continue;
    }
    const name = records.get('path') ?? longName ?? header.name;
    const size = records.has('size') ? Number(records.get('size')) : header.size;
    const isSparse = [...records.keys()].some((key) => key.startsWith('GNU.sparse.'));
    [longName, records] = [undefined, new Map()];
    const refused = isSparse ? refusedKinds['S'] : refusedKinds[header.flag];
    if (refused !== undefined) throw new UnusableArchive(`It holds ${refused}: ${name}`);
    if (!Number.isSafeInteger(size) || size < 0) throw new UnusableArchive('It holds something of impossible size');
    const kind = header.flag === '5' || name.endsWith('/') ? 'folder' : 'file';
    const path = safePath(name);
    folders += path.split('/').length - 1;
    if (folders > foldersMax) throw new UnusableArchive(`It holds more than ${foldersMax} folders`);
    yield* member(bytes, { path, kind, size });
  }
}

async function* member(bytes: Bytes, what: Omit<ArchiveMember, 'content'>): AsyncGenerator<ArchiveMember> {
  let rest = what.size;
  const content = async function* (): AsyncGenerator<Buffer> {
    while (rest > 0) {
      const chunk = await bytes.some(rest);
      if (chunk === undefined) throw new UnusableArchive('It ends in the middle');
      rest -= chunk.length;
      yield chunk;
    }
  };
  yield { ...what, content: content() };
  while (rest > 0) {
    const chunk = await bytes.some(rest);
    if (chunk === undefined) throw new UnusableArchive('It ends in the middle');
    rest -= chunk.length;
  }
  await padding(bytes, what.size);
}

async function textBefore(bytes: Bytes, size: number): Promise<Buffer> {
  if (size > textBytesMax) throw new UnusableArchive('It holds a name that is too long');
  const text = (await bytes.exactly(size)) ?? Buffer.alloc(0);
  if (text.length < size) throw new UnusableArchive('It ends in the middle');
  await padding(bytes, size);
  return text;
}

async function padding(bytes: Bytes, size: number): Promise<void> {
  const count = tarPaddingBytes(size);
  if (count > 0 && (await bytes.exactly(count)) === undefined) throw new UnusableArchive('It ends in the middle');
}
