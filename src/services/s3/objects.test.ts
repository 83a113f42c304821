import { beforeEach, describe, expect, it } from 'vitest';
import { OperationWorld, stranger } from '../../../test/fakes/operation-world.ts';
import { s3 } from './registry.ts';

let world: OperationWorld;
const Bucket = 'data-bucket';
const location = { CreateBucketConfiguration: { LocationConstraint: 'us-west-2' } } as const;

beforeEach(() => {
  world = new OperationWorld();
  world.run(s3.CreateBucket, { Bucket, ...location });
});

const put = (Key: string, body = 'hello', more: object = {}) => world.run(s3.PutObject, { Bucket, Key, ...more }, world.receive(body));
const get = (Key: string, more: object = {}) => world.run(s3.GetObject, { Bucket, Key, ...more });
const text = (Key: string, more: object = {}) => world.read(get(Key, more).Body).toString();

describe('buckets', () => {
  it('are created once outside us-east-1', () => {
    expect(world.refusal(s3.CreateBucket, { Bucket, ...location })).toBe(
      'BucketAlreadyOwnedByYou 409: Your previous request to create the named bucket succeeded and you already own it.',
    );
    expect(world.refusal(s3.CreateBucket, { Bucket, ...location }, undefined, stranger)).toMatch(/^BucketAlreadyExists 409/);
  });

  it('are created again by their owner in us-east-1', () => {
    const east = new OperationWorld('us-east-1');
    expect(east.run(s3.CreateBucket, { Bucket })).toEqual({ Location: '/data-bucket', BucketArn: 'arn:aws:s3:::data-bucket' });
    expect(east.run(s3.CreateBucket, { Bucket })).toMatchObject({ Location: '/data-bucket' });
    expect(east.run(s3.GetBucketLocation, { Bucket })).toEqual({});
    expect(east.refusal(s3.CreateBucket, { Bucket: 'other', ...location })).toMatch(
      /^IllegalLocationConstraintException 400: The us-west-2 location/,
    );
  });

  it('need the constraint of their region', () => {
    expect(world.refusal(s3.CreateBucket, { Bucket: 'other' })).toBe(
      'IllegalLocationConstraintException 400: The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.',
    );
    expect(world.run(s3.GetBucketLocation, { Bucket })).toEqual({ LocationConstraint: 'us-west-2' });
  });

  it.each(['ab', 'Upper', 'a_b', 'a..b', '1.2.3.4', '-ab', 'ab-', 'xn--abc', 'abc-s3alias', 'x'.repeat(64)])('are not named %s', (name) => {
    expect(world.refusal(s3.CreateBucket, { Bucket: name, ...location })).toBe('InvalidBucketName 400: The specified bucket is not valid.');
  });

  it('may be named as the hosts of package repositories are', () => {
    expect(world.run(s3.CreateBucket, { Bucket: 'packages.us-west-2.amazonaws.com', ...location })).toMatchObject({
      Location: '/packages.us-west-2.amazonaws.com',
    });
  });

  it('are deleted only when empty, with their unfinished uploads', () => {
    put('a');
    const { UploadId = '' } = world.run(s3.CreateMultipartUpload, { Bucket, Key: 'b' });
    const received = world.receive('part');
    world.run(s3.UploadPart, { Bucket, Key: 'b', UploadId, PartNumber: 1 }, received);
    expect(world.refusal(s3.DeleteBucket, { Bucket })).toBe('BucketNotEmpty 409: The bucket you tried to delete is not empty');
    world.run(s3.DeleteObject, { Bucket, Key: 'a' });
    world.run(s3.DeleteBucket, { Bucket });
    expect(world.refusal(s3.HeadBucket, { Bucket })).toBe('NoSuchBucket 404: The specified bucket does not exist');
    world.clock.advance(1);
    expect(world.store.s3.blobs.listDropped(world.clock.now(), 10)).toContain(received.blobId);
  });

  it('are listed to their owner, page by page', () => {
    world.run(s3.CreateBucket, { Bucket: 'another', ...location });
    world.run(s3.CreateBucket, { Bucket: 'strange', ...location }, undefined, stranger);
    const first = world.run(s3.ListBuckets, { MaxBuckets: 1 });
    expect(first.Buckets?.map(({ Name }) => Name)).toEqual(['another']);
    const second = world.run(s3.ListBuckets, { MaxBuckets: 1, ContinuationToken: first.ContinuationToken });
    expect(second.Buckets?.map(({ Name }) => Name)).toEqual([Bucket]);
    expect(second.ContinuationToken).toBeUndefined();
  });

  it('are refused to whoever expects another owner', () => {
    expect(world.refusal(s3.HeadBucket, { Bucket, ExpectedBucketOwner: '000000000000' })).toBe('AccessDenied 403: Access Denied');
  });
});

describe('objects', () => {
  it('come back as they were put', () => {
    const more = {
      ContentType: 'text/plain',
      Metadata: { colour: 'blå' },
      ContentEncoding: 'aws-chunked,gzip',
      Expires: new Date('2027-01-01T00:00:00Z'),
    };
    expect(put('k', 'hello', more)).toEqual({ ETag: '"5d41402abc4b2a76b9719d911017c592"', ChecksumCRC32: 'NhCmhg==', ChecksumType: 'FULL_OBJECT' });
    const { Body, ...members } = get('k');
    expect(world.read(Body).toString()).toBe('hello');
    expect(members).toEqual({
      AcceptRanges: 'bytes',
      ContentEncoding: 'gzip',
      ContentLength: 5,
      ContentType: 'text/plain',
      ETag: '"5d41402abc4b2a76b9719d911017c592"',
      Expires: new Date('2027-01-01T00:00:00Z'),
      LastModified: world.clock.now(),
      Metadata: { colour: 'blå' },
    });
    expect(world.run(s3.HeadObject, { Bucket, Key: 'k' })).toEqual(members);
  });

  it('tell their checksum to those who ask for the whole', () => {
    put('k');
    expect(get('k', { ChecksumMode: 'ENABLED' })).toMatchObject({ ChecksumCRC32: 'NhCmhg==', ChecksumType: 'FULL_OBJECT' });
    expect(get('k', { ChecksumMode: 'ENABLED', Range: 'bytes=0-1' })).not.toHaveProperty('ChecksumCRC32');
  });

  it.each([
    ['bytes=1-3', 'ell', 'bytes 1-3/5'],
    ['bytes=3-', 'lo', 'bytes 3-4/5'],
    ['bytes=-2', 'lo', 'bytes 3-4/5'],
    ['bytes=0-99', 'hello', 'bytes 0-4/5'],
    ['bytes=-99', 'hello', 'bytes 0-4/5'],
    ['bytes=3-1', 'hello', undefined],
    ['bytes=0-1,3-4', 'hello', undefined],
    ['lines=1-2', 'hello', undefined],
  ])('are read in range %s as %s', (Range, expected, contentRange) => {
    put('k');
    expect(text('k', { Range })).toBe(expected);
    expect(get('k', { Range }).ContentRange).toBe(contentRange);
    expect(get('k', { Range }).ContentLength).toBe(expected.length);
  });

  it.each(['bytes=5-', 'bytes=-0', 'bytes=9-10'])('refuse the range %s', (Range) => {
    put('k');
    expect(world.refusal(s3.GetObject, { Bucket, Key: 'k', Range })).toBe('InvalidRange 416: The requested range is not satisfiable');
  });

  it('may be empty', () => {
    put('k', '');
    expect(get('k')).toMatchObject({ ContentLength: 0 });
    expect(text('k')).toBe('');
    expect(world.refusal(s3.GetObject, { Bucket, Key: 'k', Range: 'bytes=0-' })).toMatch(/^InvalidRange/);
  });

  it('heed conditions on a read', () => {
    const { ETag } = put('k');
    const before = new Date(world.clock.now().getTime() - 1_000);
    const read = (conditions: object) => world.refusal(s3.GetObject, { Bucket, Key: 'k', ...conditions });
    expect(read({ IfMatch: '"other"' })).toMatch(/^PreconditionFailed 412/);
    expect(read({ IfNoneMatch: ETag })).toBe('NotModified 304: Not Modified');
    expect(read({ IfModifiedSince: world.clock.now() })).toMatch(/^NotModified 304/);
    expect(read({ IfUnmodifiedSince: before })).toMatch(/^PreconditionFailed 412/);
    expect(text('k', { IfMatch: ETag, IfUnmodifiedSince: before })).toBe('hello');
    expect(text('k', { IfNoneMatch: '"other"', IfModifiedSince: world.clock.now() })).toBe('hello');
  });

  it('heed conditions on a write', () => {
    const { ETag } = put('k', 'one', { IfNoneMatch: '*' });
    const write = (Key: string, conditions: object) => world.refusal(s3.PutObject, { Bucket, Key, ...conditions }, world.receive('two'));
    expect(write('k', { IfNoneMatch: '*' })).toMatch(/^PreconditionFailed 412/);
    expect(write('k', { IfMatch: '"other"' })).toMatch(/^PreconditionFailed 412/);
    expect(write('missing', { IfMatch: ETag })).toMatch(/^NoSuchKey 404/);
    expect(text('k')).toBe('one');
    put('k', 'two', { IfMatch: ETag });
    expect(text('k')).toBe('two');
  });

  it('let the caller choose headers of the answer, when it signed', () => {
    put('k');
    expect(get('k', { ResponseContentType: 'text/x', ResponseCacheControl: 'no-store' })).toMatchObject({
      ContentType: 'text/x',
      CacheControl: 'no-store',
    });
    expect(world.refusal(s3.GetObject, { Bucket, Key: 'k', ResponseContentType: 'text/x' }, undefined, { type: 'anonymous' })).toMatch(
      /^InvalidRequest/,
    );
  });

  it('are missing only for those who may list', () => {
    expect(world.refusal(s3.GetObject, { Bucket, Key: 'k' })).toBe('NoSuchKey 404: The specified key does not exist.');
    world.refused.add('s3:ListBucket');
    expect(world.refusal(s3.GetObject, { Bucket, Key: 'k' })).toBe(
      'AccessDenied 403: not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::data-bucket"',
    );
    expect(world.refusal(s3.HeadObject, { Bucket, Key: 'k' })).toMatch(/^AccessDenied 403/);
  });

  it('give back the blob they had', () => {
    const first = world.receive('one');
    world.run(s3.PutObject, { Bucket, Key: 'k' }, first);
    put('k', 'two');
    expect(world.woken).toContain('garbage');
    world.clock.advance(10);
    expect(world.store.s3.blobs.listDropped(world.clock.now(), 10)).toEqual([first.blobId]);
    world.store.s3.blobs.forget([first.blobId]);
    expect([...world.store.s3.blobs.blobIds()]).toHaveLength(1);
  });

  it('are refused when the body is not what the request says', () => {
    const digest = (ContentMD5: string) => world.refusal(s3.PutObject, { Bucket, Key: 'k', ContentMD5 }, world.receive('hello'));
    expect(digest('bm90IGFuIG1kNQ==')).toBe('InvalidDigest 400: The Content-MD5 you specified was invalid.');
    expect(digest('AAAAAAAAAAAAAAAAAAAAAA==')).toMatch(/^BadDigest 400/);
    expect(world.refusal(s3.PutObject, { Bucket, Key: 'k', ChecksumCRC32: 'AAAAAA==' }, world.receive('hello'))).toMatch(/^BadDigest 400/);
    put('k', 'hello', { ContentMD5: 'XUFAKrxLKna5cZ2REBfFkg==', ChecksumCRC32: 'NhCmhg==' });
  });

  it.each([
    [{ Key: 'x'.repeat(1_025) }, 'KeyTooLongError 400: Your key is too long'],
    [{ Metadata: { a: 'x'.repeat(2_048) } }, 'MetadataTooLarge 400: Your metadata headers exceed the maximum allowed metadata size'],
    [{ ACL: 'public-read' as const }, 'AccessControlListNotSupported 400: The bucket does not allow ACLs'],
    [{ ServerSideEncryption: 'aws:kms:dsse' as const }, /^NotImplemented 501: .*ServerSideEncryption aws:kms:dsse/],
    [{ ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: 'alias/own' }, /^NotImplemented 501: .*SSEKMSKeyId/],
    [{ SSECustomerAlgorithm: 'AES256' }, /^NotImplemented 501: .*SSECustomerAlgorithm/],
    [{ ObjectLockMode: 'GOVERNANCE' as const }, /^NotImplemented 501: .*ObjectLockMode/],
    [{ StorageClass: 'GLACIER' as const }, /^NotImplemented 501: .*StorageClass GLACIER/],
    [{ Tagging: 'a=1&a=2' }, /^InvalidTag 400/],
  ])('refuse what is not done here, or is wrong: %#', (more, expected) => {
    expect(world.refusal(s3.PutObject, { Bucket, Key: 'k', ...more }, world.receive('x'))).toMatch(expected);
    expect(world.store.s3.objects.isEmpty(Bucket)).toBe(true);
  });

  it('are deleted whether they are there or not', () => {
    put('k');
    expect(world.run(s3.DeleteObject, { Bucket, Key: 'k' })).toEqual({});
    expect(world.run(s3.DeleteObject, { Bucket, Key: 'k' })).toEqual({});
    expect(world.refusal(s3.DeleteObject, { Bucket: 'nowhere', Key: 'k' })).toMatch(/^NoSuchBucket/);
  });

  it('are deleted many at a time, each judged by itself', () => {
    put('a');
    put('b');
    const both = [{ Key: 'a' }, { Key: 'b' }];
    world.refused.add('s3:DeleteObject');
    expect(world.run(s3.DeleteObjects, { Bucket, Delete: { Objects: both } })).toMatchObject({
      Errors: [{ Key: 'a', Code: 'AccessDenied' }, { Key: 'b' }],
    });
    expect(text('a')).toBe('hello');
    world.refused.clear();
    expect(world.run(s3.DeleteObjects, { Bucket, Delete: { Objects: both } })).toEqual({ Deleted: both });
    expect(world.run(s3.DeleteObjects, { Bucket, Delete: { Objects: both, Quiet: true } })).toEqual({});
    expect(world.store.s3.objects.isEmpty(Bucket)).toBe(true);
  });
});
