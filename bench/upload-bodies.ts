import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** botocore's size of a chunk. */
const chunkBytes = 1 << 20;
const distinctChunks = 16;

export interface Bodies {
  /** The object's, without the chunks' headers. */
  readonly bytes: number;
  /** A file: the object in aws-chunked, CRC32 in the trailer. */
  readonly chunked: string;
}

/** Writes what clients send, so that no client computes while it is measured. */
export async function makeBodies(folder: string, bytes: number): Promise<Bodies> {
  const chunked = join(folder, 'chunked.bin');
  const chunks = Array.from({ length: distinctChunks }, () => randomBytes(chunkBytes));
  const file = await open(chunked, 'w');
  let checksum = 0;
  for (let index = 0; index < bytes / chunkBytes; index += 1) {
    const chunk = chunks[index % distinctChunks] ?? Buffer.alloc(0);
    checksum = crc32(chunk, checksum);
    await file.write(`${chunkBytes.toString(16)}\r\n`);
    await file.write(chunk);
    await file.write('\r\n');
  }
  const value = Buffer.alloc(4);
  value.writeUInt32BE(checksum);
  await file.write(`0\r\nx-amz-checksum-crc32:${value.toString('base64')}\r\n\r\n`);
  await file.close();
  return { bytes, chunked };
}
