import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { AgentPipe } from '../model/job/agent-orders.ts';
import { refuse, type ChannelObject } from './channel-objects.ts';
import { unpackedRecordBytesMax } from './limits.ts';
import type { ReadObject } from './read-ahead.ts';
import { recordBytesMax, recordHeader, recordPadding } from './record-io.ts';

async function* unpacked(bytes: AsyncIterable<Buffer>, attempted: string): AsyncGenerator<Buffer> {
  try {
    yield* Readable.from(bytes).compose(createGunzip()) as AsyncIterable<Buffer>;
  } catch (error) {
    if (String((error as NodeJS.ErrnoException).code).startsWith('Z_')) refuse(attempted, `the object is not gzip: ${(error as Error).message}`);
    throw error;
  }
}

/** One record whose length is known only when all of it is there. */
async function collected(bytes: AsyncIterable<Buffer>, attempted: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > unpackedRecordBytesMax) refuse(attempted, `a record of more than ${unpackedRecordBytesMax} bytes, unpacked`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

async function* asRecord(size: number, bytes: AsyncIterable<Buffer>, attempted: string): AsyncGenerator<Buffer> {
  if (size > recordBytesMax) refuse(attempted, `a record of more than ${recordBytesMax} bytes`);
  yield recordHeader(size);
  yield* bytes;
  yield recordPadding(size);
}

/** What of an object goes into its channel's pipe. */
export async function* pipeBytes(object: ChannelObject, read: ReadObject, channel: AgentPipe): AsyncGenerator<Buffer> {
  const attempted = `GetObject s3://${object.bucket}/${object.key}`;
  const isRecord = channel.recordWrapperType === 'RecordIO';
  if (channel.compressionType !== 'Gzip') {
    yield* isRecord ? asRecord(read.size, read.bytes, attempted) : read.bytes;
    return;
  }
  const plain = unpacked(read.bytes, attempted);
  if (!isRecord) {
    yield* plain;
    return;
  }
  const record = await collected(plain, attempted);
  yield* asRecord(record.length, Readable.from([record]), attempted);
}
