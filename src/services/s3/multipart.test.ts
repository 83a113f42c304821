import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { OperationWorld } from '../../../test/fakes/operation-world.ts';
import { s3 } from './registry.ts';
import { partBytesMin } from './upload.ts';

let world: OperationWorld;
const Bucket = 'data-bucket';
const Key = 'model.tar.gz';
const big = Buffer.alloc(partBytesMin, 'a');
const bytes = Buffer.concat([big, Buffer.from('tail')]);

beforeEach(() => {
  world = new OperationWorld('us-east-1');
  world.run(s3.CreateBucket, { Bucket });
});

const begin = (more: object = {}): string => world.run(s3.CreateMultipartUpload, { Bucket, Key, ...more }).UploadId ?? '';
const send = (UploadId: string, PartNumber: number, body: string | Buffer) =>
  world.run(s3.UploadPart, { Bucket, Key, UploadId, PartNumber }, world.receive(body)).ETag;
const named = (...parts: readonly [number, string | undefined][]) => ({
  MultipartUpload: { Parts: parts.map(([PartNumber, ETag]) => ({ PartNumber, ETag })) },
});

describe('a multipart upload', () => {
  it('becomes one object of several blobs', () => {
    const UploadId = begin({ ContentType: 'application/gzip', Tagging: 'job=one' });
    const first = send(UploadId, 3, big);
    const last = send(UploadId, 7, 'tail');
    const complete = { Bucket, Key, UploadId, ...named([3, first], [7, last]) };
    const digest = createHash('md5').update(createHash('md5').update(big).digest()).update(createHash('md5').update('tail').digest()).digest('hex');
    const done = world.run(s3.CompleteMultipartUpload, complete);
    expect(done).toEqual({ Location: 'https://data-bucket.s3.us-east-1.amazonaws.com/model.tar.gz', Bucket, Key, ETag: `"${digest}-2"` });

    const { Body, ...members } = world.run(s3.GetObject, { Bucket, Key });
    expect(Body?.slices).toHaveLength(2);
    expect(Body?.size).toBe(bytes.length);
    expect(world.read(Body).equals(bytes)).toBe(true);
    expect(members).toMatchObject({ ContentLength: bytes.length, ContentType: 'application/gzip', TagCount: 1 });
    const across = world.run(s3.GetObject, { Bucket, Key, Range: `bytes=${big.length - 2}-${big.length + 1}` });
    expect(world.read(across.Body).toString()).toBe('aata');

    expect(world.refusal(s3.ListParts, { Bucket, Key, UploadId })).toMatch(/^NoSuchUpload 404/);
    // A client that lost the answer asks again.
    expect(world.run(s3.CompleteMultipartUpload, complete)).toEqual(done);
  });

  it('can be read by part, counted from 1', () => {
    const UploadId = begin();
    world.run(s3.CompleteMultipartUpload, { Bucket, Key, UploadId, ...named([3, send(UploadId, 3, big)], [7, send(UploadId, 7, 'tail')]) });
    const second = world.run(s3.GetObject, { Bucket, Key, PartNumber: 2 });
    expect(second).toMatchObject({ PartsCount: 2, ContentLength: 4, ContentRange: `bytes ${big.length}-${big.length + 3}/${bytes.length}` });
    expect(world.read(second.Body).toString()).toBe('tail');
    expect(world.refusal(s3.GetObject, { Bucket, Key, PartNumber: 3 })).toBe('InvalidPartNumber 416: The requested partnumber is not satisfiable');
  });

  it('lists its parts, page by page', () => {
    const UploadId = begin();
    for (const part of [1, 2, 3]) send(UploadId, part, `part ${part}`);
    const first = world.run(s3.ListParts, { Bucket, Key, UploadId, MaxParts: 2 });
    expect(first).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2', Parts: [{ PartNumber: 1, Size: 6 }, { PartNumber: 2 }] });
    const rest = world.run(s3.ListParts, { Bucket, Key, UploadId, MaxParts: 2, PartNumberMarker: '2' });
    expect(rest).toMatchObject({ IsTruncated: false, Parts: [{ PartNumber: 3 }] });
  });

  it('refuses parts that are missing, changed, out of order or too small', () => {
    const UploadId = begin();
    const small = send(UploadId, 1, 'small');
    const last = send(UploadId, 2, 'last');
    const refusal = (parts: readonly [number, string | undefined][]) =>
      world.refusal(s3.CompleteMultipartUpload, { Bucket, Key, UploadId, ...named(...parts) });
    expect(refusal([])).toMatch(/^MalformedXML 400/);
    expect(refusal([[9, small]])).toMatch(/^InvalidPart 400/);
    expect(refusal([[1, last]])).toMatch(/^InvalidPart 400/);
    expect(
      refusal([
        [2, last],
        [1, small],
      ]),
    ).toMatch(/^InvalidPartOrder 400/);
    expect(
      refusal([
        [1, small],
        [2, last],
      ]),
    ).toMatch(/^EntityTooSmall 400/);
    expect(world.run(s3.ListParts, { Bucket, Key, UploadId }).Parts).toHaveLength(2);
  });

  it('refuses part numbers outside 1 to 10000', () => {
    const UploadId = begin();
    for (const PartNumber of [0, 10_001]) {
      const refusal = world.refusal(s3.UploadPart, { Bucket, Key, UploadId, PartNumber }, world.receive('x'));
      expect(refusal).toBe('InvalidArgument 400: Part number must be an integer between 1 and 10000, inclusive');
    }
  });

  it('is of one bucket and key', () => {
    const UploadId = begin();
    expect(world.refusal(s3.UploadPart, { Bucket, Key: 'other', UploadId, PartNumber: 1 }, world.receive('x'))).toMatch(/^NoSuchUpload 404/);
    expect(world.refusal(s3.AbortMultipartUpload, { Bucket, Key: 'other', UploadId })).toMatch(/^NoSuchUpload 404/);
  });

  it('gives back its blobs when it is aborted, and those of parts that were sent again or left out', () => {
    const UploadId = begin();
    const etag = send(UploadId, 1, 'first try');
    send(UploadId, 1, 'second try');
    send(UploadId, 2, 'left out');
    expect(world.refusal(s3.CompleteMultipartUpload, { Bucket, Key, UploadId, ...named([1, etag]) })).toMatch(/^InvalidPart/);
    const again = send(UploadId, 1, 'third try');
    world.run(s3.CompleteMultipartUpload, { Bucket, Key, UploadId, ...named([1, again]) });
    const aborted = begin();
    send(aborted, 1, 'aborted');
    world.run(s3.AbortMultipartUpload, { Bucket, Key, UploadId: aborted });
    world.clock.advance(1);
    expect(world.store.s3.blobs.listDropped(world.clock.now(), 10)).toHaveLength(4);
    expect([...world.store.s3.blobs.blobIds()]).toHaveLength(5);
  });

  it('heeds conditions when it completes', () => {
    world.run(s3.PutObject, { Bucket, Key }, world.receive('there'));
    const UploadId = begin();
    const parts = named([1, send(UploadId, 1, 'x')]);
    expect(world.refusal(s3.CompleteMultipartUpload, { Bucket, Key, UploadId, ...parts, IfNoneMatch: '*' })).toMatch(/^PreconditionFailed 412/);
  });
});

describe('the checksum of a multipart object', () => {
  const checksumOf = (value: number): string => {
    const buffer = Buffer.alloc(4);
    buffer.writeUInt32BE(value);
    return buffer.toString('base64');
  };

  it('is of the checksums of its parts', () => {
    const UploadId = begin({ ChecksumAlgorithm: 'CRC32' });
    const parts = named([1, send(UploadId, 1, big)], [2, send(UploadId, 2, 'tail')]);
    const of = Buffer.concat([big, Buffer.from('tail')].map((part) => Buffer.from(checksumOf(crc32(part)), 'base64')));
    const done = world.run(s3.CompleteMultipartUpload, { Bucket, Key, UploadId, ...parts });
    expect(done).toMatchObject({ ChecksumCRC32: `${checksumOf(crc32(of))}-2`, ChecksumType: 'COMPOSITE' });
  });

  it('is of all bytes when that was asked for, and compared', () => {
    const UploadId = begin({ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    const parts = named([1, send(UploadId, 1, big)], [2, send(UploadId, 2, 'tail')]);
    expect(world.refusal(s3.CompleteMultipartUpload, { Bucket, Key, UploadId, ...parts, ChecksumCRC32: 'AAAAAA==' })).toMatch(/^BadDigest 400/);
    const ChecksumCRC32 = checksumOf(crc32(bytes));
    const done = world.run(s3.CompleteMultipartUpload, { Bucket, Key, UploadId, ...parts, ChecksumCRC32 });
    expect(done).toMatchObject({ ChecksumCRC32, ChecksumType: 'FULL_OBJECT' });
  });

  it('cannot be of all bytes for digests that do not combine', () => {
    expect(world.refusal(s3.CreateMultipartUpload, { Bucket, Key, ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' })).toBe(
      'InvalidRequest 400: The FULL_OBJECT checksum type cannot be used with the sha256 checksum algorithm.',
    );
  });

  it('needs every part to have one', () => {
    const UploadId = begin({ ChecksumAlgorithm: 'SHA256' });
    expect(world.refusal(s3.UploadPart, { Bucket, Key, UploadId, PartNumber: 1 }, world.receive('x'))).toBe(
      'InvalidRequest 400: Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32',
    );
  });
});

describe('unfinished uploads', () => {
  it('are listed by key and id, page by page', () => {
    const upload = (key: string) => world.run(s3.CreateMultipartUpload, { Bucket, Key: key }).UploadId ?? '';
    const ids = [upload('a'), upload('a'), upload('a')].sort();
    upload('b/1');
    upload('b/2');
    const page = (more: object) => world.run(s3.ListMultipartUploads, { Bucket, MaxUploads: 2, Delimiter: '/', ...more });
    const first = page({});
    expect(first.Uploads?.map(({ UploadId }) => UploadId)).toEqual(ids.slice(0, 2));
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = first;
    const second = page({ KeyMarker, UploadIdMarker });
    expect(second.Uploads?.map(({ UploadId }) => UploadId)).toEqual(ids.slice(2));
    expect(second).toMatchObject({ IsTruncated: false, CommonPrefixes: [{ Prefix: 'b/' }] });
    expect(page({ KeyMarker: 'b/', UploadIdMarker: '' }).CommonPrefixes).toEqual([]);
  });
});
