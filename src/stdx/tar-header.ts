/** Archives are made of blocks of so many bytes. */
export const tarBlock = 512;

/** What stands before a member of a tar archive. */
export interface TarHeader {
  /** As it is written there: nothing says that it is a path to be followed. */
  readonly name: string;
  /** Of its content, in bytes; not always a number that there can be. */
  readonly size: number;
  /** What the member is: `0` or nothing a file, `5` a folder, … */
  readonly flag: string;
}

/**
 * Reads one block as POSIX and GNU write headers, with their checksum; undefined when it is none.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 */
export function readTarHeader(block: Buffer): TarHeader | undefined {
  // The checksum counts its own field as spaces.
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  const size = numberOf(block.subarray(124, 136));
  if (size === undefined || numberOf(block.subarray(148, 156)) !== sum) return undefined;
  const prefix = block.subarray(257, 262).toString() === 'ustar' && block[262] === 0 ? textOf(block.subarray(345, 500)) : '';
  const name = textOf(block.subarray(0, 100));
  return { name: prefix === '' ? name : `${prefix}/${name}`, size, flag: String.fromCharCode(block[156] ?? 0) };
}

/** How many bytes fill the last block of a content. */
export const tarPaddingBytes = (size: number): number => (tarBlock - (size % tarBlock)) % tarBlock;

/** A text of a field, to its end or the first zero. */
export function textOf(field: Buffer): string {
  const end = field.indexOf(0);
  return field.subarray(0, end === -1 ? field.length : end).toString();
}

/** Octal digits, or GNU's binary numbers. */
function numberOf(field: Buffer): number | undefined {
  const first = field[0] ?? 0;
  if (first >= 0x80) return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, first & 0x7f);
  const text = textOf(field).trim();
  if (!/^[0-7]*$/u.test(text)) return undefined;
  return text === '' ? 0 : Number.parseInt(text, 8);
}
