import { createHash } from 'node:crypto';
import type { Transform } from 'node:stream';
import { crc32 } from 'node:zlib';
import type { ChunkedDecoding } from '../aws/message.ts';

/** A checksum that grows with the bytes shown to it. */
export interface RunningChecksum {
  update(chunk: Uint8Array): void;
  /** Base64, as S3 writes checksums. */
  digest(): string;
}

/** An aws-chunked decoder; the trailers are there when it ended. Names are lower-case. */
export interface ChunkedDecoder extends Transform {
  readonly trailers: ReadonlyMap<string, string>;
}

/** What a body needs while it passes. */
export interface BodyTools {
  checksum(algorithm: string): RunningChecksum;
  decoder(decoding: ChunkedDecoding): ChunkedDecoder;
}

function crc32Checksum(): RunningChecksum {
  let value = 0;
  return {
    update(chunk) {
      value = crc32(chunk, value);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString('base64');
    },
  };
}

/** A checksum of node:crypto. */
export function hashChecksum(algorithm: 'md5' | 'sha1' | 'sha256'): RunningChecksum {
  const hash = createHash(algorithm);
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest('base64') };
}

export const bodyTools: BodyTools = {
  checksum(algorithm) {
    if (algorithm === 'crc32') return crc32Checksum();
    if (algorithm === 'sha1' || algorithm === 'sha256' || algorithm === 'md5') return hashChecksum(algorithm);
    throw new Error(`no checksum ${algorithm}`);
  },
  decoder() {
    throw new Error('no aws-chunked decoder');
  },
};
