import { tarBlock, tarPaddingBytes } from '../stdx/tar-header.ts';

/** One member of an archive, in the POSIX format (ustar with pax records where a field is too small). */
export interface TarEntry {
  /** Relative, with `/`; folders end with it. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  readonly mode: number;
  readonly size: number;
  readonly modifiedSeconds: number;
  /** Where a link leads. */
  readonly target?: string;
}

const nameBytesMax = 100;
const octalSizeMax = 0o77777777777;

const typeFlags = { file: '0', folder: '5', link: '2' } as const;

const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;

/** The longest beginning of a text that has at most so many bytes and no half character. */
function clip(text: string, bytes: number): string {
  let clipped = text;
  while (Buffer.byteLength(clipped) > bytes) clipped = clipped.slice(0, Math.min(clipped.length - 1, bytes));
  return clipped;
}

function header(entry: TarEntry, flag: string, size: number): Buffer {
  const block = Buffer.alloc(tarBlock);
  block.write(clip(entry.path, nameBytesMax), 0);
  block.write(octal(entry.mode & 0o7777, 7), 100);
  // Owners mean nothing outside the instance: everything is root's.
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(Math.min(size, octalSizeMax), 11), 124);
  block.write(octal(Math.max(0, Math.trunc(entry.modifiedSeconds)), 11), 136);
  block.write('        ', 148);
  block.write(flag, 156);
  block.write(clip(entry.target ?? '', nameBytesMax), 157);
  block.write('ustar\x0000', 257);
  block.write('root', 265);
  block.write('root', 297);
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return block;
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest) + 1;
  while (Buffer.byteLength(`${length}${rest}`) !== length) length = Buffer.byteLength(`${length}${rest}`);
  return `${length}${rest}`;
}

export const tarPadding = (size: number): Buffer => Buffer.alloc(tarPaddingBytes(size));

/** Everything that stands before a member's content. */
export function tarHeader(entry: TarEntry): Buffer {
  const records = [
    Buffer.byteLength(entry.path) > nameBytesMax ? paxRecord('path', entry.path) : '',
    Buffer.byteLength(entry.target ?? '') > nameBytesMax ? paxRecord('linkpath', entry.target ?? '') : '',
    entry.size > octalSizeMax ? paxRecord('size', String(entry.size)) : '',
  ].join('');
  const own = header(entry, typeFlags[entry.kind], entry.size);
  if (records === '') return own;
  const content = Buffer.from(records);
  const pax = header({ ...entry, path: clip(`PaxHeaders/${entry.path}`, nameBytesMax), target: '' }, 'x', content.length);
  return Buffer.concat([pax, content, tarPadding(content.length), own]);
}

/** What ends an archive. */
export const tarEnd = Buffer.alloc(2 * tarBlock);
