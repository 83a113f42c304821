import type { BlobRange, PartRow } from '../../store/object-store.ts';

/** `end` is inclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The bytes a Range header asks for. `whole`: there is no header, or S3 does not heed it (another unit, several ranges,
 * malformed). `unsatisfiable`: it lies outside the object.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  const [first, last] = [match?.[1] ?? '', match?.[2] ?? ''];
  if (first === '' && last === '') return 'whole';
  if (first === '') {
    const count = Math.min(Number(last), size);
    return count === 0 ? 'unsatisfiable' : { start: size - count, end: size - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return 'whole';
  if (start >= size) return 'unsatisfiable';
  return { start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}

/** The pieces of blobs that hold these bytes of an object, in order. None for an empty object. */
export function rangesWithin(parts: readonly PartRow[], { start, end }: ByteRange): BlobRange[] {
  const found: BlobRange[] = [];
  let offset = 0;
  for (const range of parts.flatMap((part) => part.ranges)) {
    const from = Math.max(start - offset, 0);
    const to = Math.min(end - offset, range.size - 1);
    if (from <= to) found.push({ blobId: range.blobId, start: range.start + from, size: to - from + 1 });
    offset += range.size;
  }
  return found;
}
