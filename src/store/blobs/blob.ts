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

/** What a data worker received into a blob: the bytes are on disk, the row is not written yet. */
export interface ReceivedBlob {
  readonly blobId: string;
  readonly size: number;
  /** Hexadecimal MD5 when it was computed, else undefined. */
  readonly md5?: string;
  /** Base64 checksums that were computed and, where the client sent one, compared: `crc32`, `sha256`, … */
  readonly checksums: Readonly<Record<string, string>>;
}
