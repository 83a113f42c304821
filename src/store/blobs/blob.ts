/** A range of bytes of a stored object. `end` is inclusive; an empty object has `end = start - 1`. */
export class BlobSlice {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  constructor(path: string, start: number, end: number) {
    this.path = path;
    this.start = start;
    this.end = end;
  }
}

/**
 * A streamed reply body: the bytes of these slices, one after the other. An object that came in one body has one; one
 * that came in parts has a slice for each part's blob (10,000 at most), so nobody copies bytes together.
 */
export class BlobSlices {
  readonly slices: readonly BlobSlice[];
  constructor(slices: readonly BlobSlice[]) {
    this.slices = slices;
  }

  /** Bytes in all. */
  get size(): number {
    return this.slices.reduce((sum, { start, end }) => sum + end - start + 1, 0);
  }
}

/** What a data worker received into a blob: the bytes are on disk, the row is not written yet. */
export interface ReceivedBlob {
  readonly blobId: string;
  readonly size: number;
  /** Hexadecimal MD5 when it was computed, else undefined. */
  readonly md5?: string;
  /** Base64 checksums that were computed and, where the client sent one, compared: `crc32`, `sha256`, … */
  readonly checksums: Readonly<Record<string, string>>;
}
