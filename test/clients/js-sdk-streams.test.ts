import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as S3 from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { present } from '../../src/stdx/assert.ts';
import { DaemonProcess, region } from './daemon-process.ts';
import * as demo from './demo-path.ts';

/** Streams of the AWS SDK for JavaScript v3: with checksums behind the body, and broken off on either way. */

let daemon: DaemonProcess;
let s3: S3.S3Client;
const Bucket = 'streams';
const body = demo.largeBody();

beforeAll(async () => {
  daemon = await DaemonProcess.start();
  s3 = new S3.S3Client({ region, endpoint: daemon.endpoint, credentials: daemon.credentials, maxAttempts: 1 });
  await s3.send(new S3.CreateBucketCommand({ Bucket }));
});
afterAll(async () => await daemon?.dispose());

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64');
const blobs = (): string[] =>
  readdirSync(join(daemon.dataDirectory, 'blobs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .toSorted();
const head = async (Key: string) => await s3.send(new S3.HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += 50_000) yield bytes.subarray(start, start + 50_000);
}

it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)('takes a stream with its %s behind it', async (ChecksumAlgorithm) => {
  const Key = ChecksumAlgorithm;
  const put = new S3.PutObjectCommand({ Bucket, Key, Body: Readable.from(piecesOf(body)), ContentLength: body.length, ChecksumAlgorithm });
  const sums = (answer: object): unknown => (answer as Record<string, unknown>)[`Checksum${ChecksumAlgorithm}`];
  const stored = sums(await s3.send(put));
  expect(stored).toMatch(/^[A-Za-z0-9+/]+={0,2}$/u);
  expect(sums(await head(Key))).toBe(stored);
  expect(ChecksumAlgorithm === 'SHA256' ? stored : sha256(body)).toBe(sha256(body));
  // The client compares what it reads with the checksum.
  const { Body } = await s3.send(new S3.GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
  expect(sha256(await present(Body, 'an object has a body').transformToByteArray())).toBe(sha256(body));
});

it('keeps nothing of an upload that is broken off', async () => {
  const before = blobs();
  const abort = new AbortController();
  const sent = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<Buffer> {
    yield* piecesOf(body.subarray(0, 1_000_000));
    sent.resolve();
    // The rest never comes.
    await once(abort.signal, 'abort');
  }
  const put = new S3.PutObjectCommand({ Bucket, Key: 'broken', Body: Readable.from(slow()), ContentLength: body.length });
  const ended = s3.send(put, { abortSignal: abort.signal }).then(
    () => 'stored',
    (error: Error) => error.name,
  );
  await sent.promise;
  await expect.poll(() => blobs().length, { timeout: 10_000 }).toBeGreaterThan(before.length);
  abort.abort();
  expect(await ended).toBe('AbortError');
  await expect(head('broken')).rejects.toMatchObject({ name: 'NotFound' });
  await expect.poll(blobs, { timeout: 10_000 }).toEqual(before);
});

it('goes on after a download that is broken off', async () => {
  const abort = new AbortController();
  const { Body } = await s3.send(new S3.GetObjectCommand({ Bucket, Key: 'CRC32' }), { abortSignal: abort.signal });
  const stream = Body as Readable;
  const broken = async (): Promise<number> => {
    let length = 0;
    for await (const chunk of stream) {
      length += (chunk as Buffer).length;
      abort.abort();
      stream.destroy(new Error('enough'));
    }
    return length;
  };
  await expect(broken()).rejects.toThrow('enough');
  const again = await s3.send(new S3.GetObjectCommand({ Bucket, Key: 'CRC32', Range: 'bytes=0-9' }));
  expect(await present(again.Body, 'an object has a body').transformToString()).toBe(body.subarray(0, 10).toString());
});

it('keeps the parts of an upload until it is aborted', async () => {
  const before = blobs();
  const target = { Bucket, Key: 'parts' };
  const { UploadId } = await s3.send(new S3.CreateMultipartUploadCommand(target));
  const part = { ...target, UploadId, PartNumber: 1, Body: Readable.from(piecesOf(body)), ContentLength: body.length };
  await s3.send(new S3.UploadPartCommand(part));
  expect(blobs()).toHaveLength(before.length + 1);
  await s3.send(new S3.AbortMultipartUploadCommand({ ...target, UploadId }));
  await expect(s3.send(new S3.ListPartsCommand({ ...target, UploadId }))).rejects.toBeInstanceOf(S3.NoSuchUpload);
  await expect(head('parts')).rejects.toMatchObject({ name: 'NotFound' });
});

it('copies with a checksum that the source does not have, and no byte twice', async () => {
  const before = blobs();
  const copy = { Bucket, Key: 'copy', CopySource: `${Bucket}/CRC32`, ChecksumAlgorithm: 'SHA256' } as const;
  const { CopyObjectResult } = await s3.send(new S3.CopyObjectCommand(copy));
  expect(CopyObjectResult).toMatchObject({ ChecksumSHA256: sha256(body), ChecksumType: 'FULL_OBJECT' });
  expect(blobs()).toEqual(before);
  const { Body } = await s3.send(new S3.GetObjectCommand({ Bucket, Key: 'copy', ChecksumMode: 'ENABLED' }));
  expect(sha256(await present(Body, 'an object has a body').transformToByteArray())).toBe(sha256(body));
});

it('keeps the bytes of a version that was written over, and gives them by its id', async () => {
  await s3.send(new S3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const target = { Bucket, Key: 'SHA1' };
  const { VersionId } = await s3.send(new S3.PutObjectCommand({ ...target, Body: 'newer' }));
  await s3.send(new S3.DeleteObjectCommand(target));
  await expect(head('SHA1')).rejects.toMatchObject({ name: 'NotFound' });
  const read = async (version: string | undefined): Promise<Uint8Array> => {
    const { Body } = await s3.send(new S3.GetObjectCommand({ ...target, VersionId: version }));
    return await present(Body, 'an object has a body').transformToByteArray();
  };
  expect(Buffer.from(await read(VersionId)).toString()).toBe('newer');
  expect(sha256(await read('null'))).toBe(sha256(body));
});
