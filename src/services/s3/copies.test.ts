import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { OperationWorld } from '../../../test/fakes/operation-world.ts';
import { computeCopyChecksum } from './copy-checksum.ts';
import { parseCopySource } from './copy-source.ts';
import { s3 } from './registry.ts';

let world: OperationWorld;
const Bucket = 'data-bucket';

beforeEach(() => {
  world = new OperationWorld('us-east-1');
  world.run(s3.CreateBucket, { Bucket });
  const input = { Bucket, Key: 'from', ContentType: 'text/plain', Metadata: { a: '1' }, Tagging: 'team=x' };
  world.run(s3.PutObject, input, world.receive('0123456789'));
});

const text = (Key: string): string => world.read(world.run(s3.GetObject, { Bucket, Key }).Body).toString();
const copy = (Key: string, more: object = {}) => world.run(s3.CopyObject, { Bucket, Key, CopySource: `${Bucket}/from`, ...more });

describe('a copy', () => {
  it('shares the bytes, which live as long as one of them', () => {
    expect(copy('to').CopyObjectResult?.ETag).toBe('"781e5e245d69b566979b86e28d23f2c7"');
    world.run(s3.DeleteObject, { Bucket, Key: 'from' });
    world.clock.advance(1);
    expect(world.store.s3.blobs.listDropped(world.clock.now(), 10)).toEqual([]);
    expect(text('to')).toBe('0123456789');
    world.run(s3.DeleteObject, { Bucket, Key: 'to' });
    world.clock.advance(1);
    expect(world.store.s3.blobs.listDropped(world.clock.now(), 10)).toHaveLength(1);
  });

  it('keeps what the source is described by, or replaces it', () => {
    copy('same');
    expect(world.run(s3.HeadObject, { Bucket, Key: 'same' })).toMatchObject({ ContentType: 'text/plain', Metadata: { a: '1' }, TagCount: 1 });
    copy('other', { MetadataDirective: 'REPLACE', Metadata: { b: '2' }, TaggingDirective: 'REPLACE' });
    const other = world.run(s3.HeadObject, { Bucket, Key: 'other' });
    expect(other).toMatchObject({ ContentType: 'binary/octet-stream', Metadata: { b: '2' } });
    expect(other).not.toHaveProperty('TagCount');
  });

  it('onto itself must change something', () => {
    expect(world.refusal(s3.CopyObject, { Bucket, Key: 'from', CopySource: `/${Bucket}/from` })).toMatch(
      /^InvalidRequest 400: This copy request is illegal/,
    );
    copy('from', { MetadataDirective: 'REPLACE', Metadata: { changed: 'yes' } });
    expect(text('from')).toBe('0123456789');
    world.clock.advance(1);
    expect(world.store.s3.blobs.listDropped(world.clock.now(), 10)).toEqual([]);
  });

  it('heeds conditions on its source', () => {
    const refusal = (more: object) => world.refusal(s3.CopyObject, { Bucket, Key: 'to', CopySource: `${Bucket}/from`, ...more });
    expect(refusal({ CopySourceIfMatch: '"x"' })).toMatch(/^PreconditionFailed 412/);
    expect(refusal({ CopySourceIfNoneMatch: '*' })).toMatch(/^PreconditionFailed 412/);
  });

  it('has the checksum that it asks for, of the very bytes that it shares', async () => {
    const input = { Bucket, Key: 'to', CopySource: `${Bucket}/from`, ChecksumAlgorithm: 'SHA256' } as const;
    const directory = mkdtempSync(join(tmpdir(), 'cloister-copies-'));
    const context = { ...world.context(), blobPath: () => join(directory, 'blob') };
    writeFileSync(context.blobPath(), '0123456789');
    const computed = await computeCopyChecksum(input, context);
    rmSync(directory, { recursive: true });
    const ChecksumSHA256 = createHash('sha256').update('0123456789').digest('base64');
    expect(world.run(s3.CopyObject, input, computed).CopyObjectResult).toMatchObject({ ChecksumSHA256, ChecksumType: 'FULL_OBJECT' });
    expect(world.run(s3.HeadObject, { Bucket, Key: 'to', ChecksumMode: 'ENABLED' })).toMatchObject({ ChecksumSHA256 });
    // It has that one already: nothing is read.
    expect(await computeCopyChecksum({ ...input, ChecksumAlgorithm: 'CRC32' }, world.context())).toBeUndefined();
    expect(await computeCopyChecksum({ ...input, CopySource: `${Bucket}/missing` }, world.context())).toBeUndefined();

    world.clock.advance(1);
    world.run(s3.PutObject, { Bucket, Key: 'from' }, world.receive('other bytes'));
    expect(world.refusal(s3.CopyObject, input, computed)).toMatch(/^OperationAborted 409/);
  });

  it('needs its source to be there', () => {
    expect(world.refusal(s3.CopyObject, { Bucket, Key: 'to', CopySource: 'nowhere/from' })).toMatch(/^NoSuchBucket/);
    expect(world.refusal(s3.CopyObject, { Bucket, Key: 'to', CopySource: `${Bucket}/missing` })).toMatch(/^NoSuchKey/);
    expect(world.refusal(s3.CopyObject, { Bucket, Key: 'to', CopySource: 'from' })).toMatch(/^InvalidArgument 400: Copy Source must mention/);
  });
});

it('a part may be copied from a range, across the parts of its source', () => {
  const upload = (Key: string): string => world.run(s3.CreateMultipartUpload, { Bucket, Key }).UploadId ?? '';
  const UploadId = upload('to');
  const copyPart = (PartNumber: number, CopySourceRange: string) =>
    world.run(s3.UploadPartCopy, { Bucket, Key: 'to', UploadId, PartNumber, CopySource: `${Bucket}/from`, CopySourceRange }).CopyPartResult;
  const part = copyPart(1, 'bytes=3-6');
  world.run(s3.CompleteMultipartUpload, { Bucket, Key: 'to', UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag: part?.ETag }] } });
  expect(text('to')).toBe('3456');
  const refusal = (CopySourceRange: string) =>
    world.refusal(s3.UploadPartCopy, {
      Bucket,
      Key: 'again',
      UploadId: upload('again'),
      PartNumber: 1,
      CopySource: `${Bucket}/from`,
      CopySourceRange,
    });
  expect(refusal('bytes=3-10')).toBe('InvalidArgument 400: Range specified is not valid for source object of size: 10');
  expect(refusal('3-4')).toMatch(/^InvalidArgument 400: The x-amz-copy-source-range/);
});

it.each([
  ['b/k', { bucketName: 'b', key: 'k' }],
  ['/b/a%20b/c%2Bd', { bucketName: 'b', key: 'a b/c+d' }],
  ['b/k?versionId=null', { bucketName: 'b', key: 'k', versionId: 'null' }],
  ['b//k', { bucketName: 'b', key: '/k' }],
])('the source %s is read', (header, expected) => {
  expect(parseCopySource(header)).toEqual(expected);
});
