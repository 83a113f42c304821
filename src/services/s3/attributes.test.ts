import { beforeEach, describe, expect, it } from 'vitest';
import { OperationWorld } from '../../../test/fakes/operation-world.ts';
import { s3 } from './registry.ts';
import { partBytesMin } from './upload.ts';

let world: OperationWorld;
const Bucket = 'data-bucket';
const Key = 'k';
const all = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'] as const;

beforeEach(() => {
  world = new OperationWorld('us-east-1');
  world.run(s3.CreateBucket, { Bucket });
});

const attributes = (more: object = {}) => world.run(s3.GetObjectAttributes, { Bucket, Key, ObjectAttributes: all, ...more });

function putParts(more: object, ...bodies: readonly (string | Buffer)[]): void {
  const { UploadId = '' } = world.run(s3.CreateMultipartUpload, { Bucket, Key, ...more });
  const Parts = bodies.map((body, index) => {
    const PartNumber = (index + 1) * 10;
    return { PartNumber, ETag: world.run(s3.UploadPart, { Bucket, Key, UploadId, PartNumber }, world.receive(body)).ETag };
  });
  world.run(s3.CompleteMultipartUpload, { Bucket, Key, UploadId, MultipartUpload: { Parts } });
}

describe('the attributes of an object', () => {
  it('are those that are asked for', () => {
    world.run(s3.PutObject, { Bucket, Key }, world.receive('hello'));
    const LastModified = world.clock.now();
    expect(attributes()).toEqual({
      LastModified,
      ETag: '5d41402abc4b2a76b9719d911017c592',
      Checksum: { ChecksumCRC32: 'NhCmhg==', ChecksumType: 'FULL_OBJECT' },
      StorageClass: 'STANDARD',
      ObjectSize: 5,
    });
    expect(attributes({ ObjectAttributes: ['ObjectSize'] })).toEqual({ LastModified, ObjectSize: 5 });
  });

  it('name its parts, page by page', () => {
    putParts({ ChecksumAlgorithm: 'CRC32' }, Buffer.alloc(partBytesMin), Buffer.alloc(partBytesMin), 'tail');
    const first = attributes({ MaxParts: 2 }).ObjectParts;
    expect(first).toMatchObject({ TotalPartsCount: 3, IsTruncated: true, MaxParts: 2, PartNumberMarker: '0', NextPartNumberMarker: '20' });
    expect(first?.Parts).toMatchObject([{ PartNumber: 10, Size: partBytesMin, ChecksumCRC32: expect.any(String) as string }, { PartNumber: 20 }]);
    const rest = attributes({ MaxParts: 2, PartNumberMarker: '20' }).ObjectParts;
    expect(rest).toMatchObject({ IsTruncated: false, Parts: [{ PartNumber: 30, Size: 4 }] });
  });

  it('are of one version, and not of a delete marker', () => {
    world.run(s3.PutBucketVersioning, { Bucket, VersioningConfiguration: { Status: 'Enabled' } });
    const { VersionId } = world.run(s3.PutObject, { Bucket, Key }, world.receive('hello'));
    world.run(s3.PutObject, { Bucket, Key }, world.receive('hello, too'));
    expect(attributes({ VersionId })).toMatchObject({ VersionId, ObjectSize: 5 });
    const marker = world.run(s3.DeleteObject, { Bucket, Key }).VersionId;
    const refusal = (more: object) => world.refusal(s3.GetObjectAttributes, { Bucket, Key, ObjectAttributes: all, ...more });
    expect(refusal({})).toMatch(/^NoSuchKey 404/);
    expect(refusal({ VersionId: marker })).toMatch(/^MethodNotAllowed 405/);
  });
});

describe('a read by part number', () => {
  it('tells the checksum of the part', () => {
    putParts({ ChecksumAlgorithm: 'CRC32' }, Buffer.alloc(partBytesMin), 'hello');
    const read = world.run(s3.GetObject, { Bucket, Key, PartNumber: 2, ChecksumMode: 'ENABLED' });
    expect(read).toMatchObject({ PartsCount: 2, ContentLength: 5, ChecksumCRC32: 'NhCmhg==' });
    expect(world.run(s3.HeadObject, { Bucket, Key, PartNumber: 2 })).not.toHaveProperty('ChecksumCRC32');
  });

  it('of an object that came in one body has that body as its first part', () => {
    world.run(s3.PutObject, { Bucket, Key }, world.receive('hello'));
    const read = world.run(s3.GetObject, { Bucket, Key, PartNumber: 1 });
    expect(read).toMatchObject({ ContentRange: 'bytes 0-4/5', ContentLength: 5 });
    expect(read).not.toHaveProperty('PartsCount');
    expect(world.refusal(s3.GetObject, { Bucket, Key, PartNumber: 2 })).toMatch(/^InvalidPartNumber 416/);
    world.run(s3.PutObject, { Bucket, Key }, world.receive(''));
    expect(world.run(s3.GetObject, { Bucket, Key, PartNumber: 1 })).not.toHaveProperty('ContentRange');
  });
});

it('how many tags an object has is told to those who may read them', () => {
  world.run(s3.PutObject, { Bucket, Key, Tagging: 'a=1' }, world.receive('hello'));
  expect(world.run(s3.HeadObject, { Bucket, Key })).toMatchObject({ TagCount: 1 });
  world.refused.add('s3:GetObjectTagging');
  expect(world.run(s3.HeadObject, { Bucket, Key })).not.toHaveProperty('TagCount');
});
