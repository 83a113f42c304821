import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  paginateListObjectsV2,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { s3 as operations } from '../../src/services/s3/registry.ts';
import { client, closeServers, refusal, region, setUp } from './gateway-clients.ts';
import { userKey } from './gateway-fixture.ts';

afterEach(closeServers);

const Bucket = 'data-bucket';
let s3: S3Client;
let user: S3Client;
let fixture: ReturnType<typeof setUp>;

beforeEach(async () => {
  fixture = setUp({ s3: operations });
  const endpoint = await fixture.endpoint();
  s3 = client(S3Client, endpoint);
  user = client(S3Client, endpoint, userKey);
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }));
});

const put = async (Key: string, Body: string | Buffer = 'hello', more: object = {}) => s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const text = async (Key: string, more: object = {}) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return Body?.transformToString();
};

describe('the S3 operations, asked by an unmodified client', () => {
  it('hold buckets', async () => {
    expect(await s3.send(new GetBucketLocationCommand({ Bucket }))).toMatchObject({ LocationConstraint: region });
    expect(await s3.send(new HeadBucketCommand({ Bucket }))).toMatchObject({ BucketRegion: region });
    const { Buckets, Owner } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets).toMatchObject([{ Name: Bucket, BucketRegion: region, CreationDate: expect.any(Date) as Date }]);
    expect(Owner?.ID).toMatch(/^[0-9a-f]{64}$/);
    expect(await refusal(s3.send(new HeadBucketCommand({ Bucket: 'nowhere' })))).toMatchObject({ name: 'NotFound', status: 404 });
    await s3.send(new DeleteBucketCommand({ Bucket }));
    expect(await refusal(s3.send(new ListObjectsV2Command({ Bucket })))).toMatchObject({ name: 'NoSuchBucket', status: 404 });
  });

  it('hold objects, their metadata and their checksums', async () => {
    const Key = 'a b/../ü+//c';
    const stored = await put(Key, 'hello', { Metadata: { colour: 'red' }, ContentType: 'text/plain', Tagging: 'a=1' });
    expect(stored).toMatchObject({ ChecksumCRC32: 'NhCmhg==', ChecksumType: 'FULL_OBJECT' });
    // Clients on the Common Runtime send it in small letters.
    const asked = async (mode: string) => await s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: mode as 'ENABLED' }));
    expect(await asked('enabled')).toMatchObject({ ChecksumCRC32: 'NhCmhg==' });
    expect(await refusal(asked('sometimes'))).toMatchObject({ status: 400 });
    const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(await got.Body?.transformToString()).toBe('hello');
    expect(got).toMatchObject({ ETag: stored.ETag, ContentLength: 5, ContentType: 'text/plain', Metadata: { colour: 'red' }, TagCount: 1 });
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
      ContentLength: 5,
      ETag: stored.ETag,
      LastModified: got.LastModified,
    });
    expect(await text(Key, { Range: 'bytes=1-2' })).toBe('el');
    expect(await refusal(s3.send(new GetObjectCommand({ Bucket, Key, Range: 'bytes=9-' })))).toMatchObject({ name: 'InvalidRange', status: 416 });
    expect(await refusal(s3.send(new GetObjectCommand({ Bucket, Key, IfNoneMatch: stored.ETag })))).toMatchObject({ status: 304 });
    expect(await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: 'none' })))).toMatchObject({ name: 'NotFound', status: 404 });
    expect(await refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'none' })))).toMatchObject({
      name: 'NoSuchKey',
      message: 'The specified key does not exist.',
    });
  });

  it('take objects of no bytes, and streams', async () => {
    await put('empty', '');
    expect(await text('empty')).toBe('');
    await s3.send(new PutObjectCommand({ Bucket, Key: 'stream', Body: Readable.from([Buffer.from('hel'), Buffer.from('lo')]), ContentLength: 5 }));
    expect(await text('stream')).toBe('hello');
  });

  it('list keys', async () => {
    for (const key of ['a/1', 'a/2', 'b&<c>', 'd e']) await put(key);
    const keys: (string | undefined)[] = [];
    for await (const { Contents } of paginateListObjectsV2({ client: s3, pageSize: 1 }, { Bucket }))
      keys.push(...(Contents ?? []).map(({ Key }) => Key));
    expect(keys).toEqual(['a/1', 'a/2', 'b&<c>', 'd e']);
    const grouped = await s3.send(new ListObjectsCommand({ Bucket, Delimiter: '/', MaxKeys: 1 }));
    expect(grouped).toMatchObject({ CommonPrefixes: [{ Prefix: 'a/' }], NextMarker: 'a/', IsTruncated: true });
    expect(await s3.send(new ListObjectsV2Command({ Bucket, EncodingType: 'url', Prefix: 'd' }))).toMatchObject({ Contents: [{ Key: 'd+e' }] });
  });

  it('put parts together, copy, and delete', async () => {
    const Key = 'model.tar.gz';
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: 'CRC32' }));
    const big = Buffer.alloc(5 * 1024 ** 2, 'x');
    const first = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: big, ChecksumAlgorithm: 'CRC32' }));
    const second = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 2, Body: 'tail', ChecksumAlgorithm: 'CRC32' }));
    expect((await s3.send(new ListPartsCommand({ Bucket, Key, UploadId }))).Parts).toMatchObject([
      { PartNumber: 1, Size: big.length },
      { PartNumber: 2 },
    ]);
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toMatchObject([{ Key, UploadId }]);
    const Parts = [first, second].map(({ ETag, ChecksumCRC32 }, index) => ({ PartNumber: index + 1, ETag, ChecksumCRC32 }));
    const done = await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
    expect(done).toMatchObject({ ETag: expect.stringMatching(/^"[0-9a-f]{32}-2"$/) as string, ChecksumType: 'COMPOSITE' });
    expect(await text(Key)).toBe(`${big.toString()}tail`);
    expect(await text(Key, { PartNumber: 2 })).toBe('tail');

    const copy = await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}` }));
    expect(copy.CopyObjectResult?.ETag).toBe(done.ETag);
    const again = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'part' }));
    const to = { Bucket, Key: 'part', UploadId: again.UploadId, PartNumber: 1 };
    const range = await s3.send(
      new UploadPartCopyCommand({ ...to, CopySource: `${Bucket}/copy`, CopySourceRange: `bytes=${big.length - 1}-${big.length}` }),
    );
    const one = { Parts: [{ PartNumber: 1, ETag: range.CopyPartResult?.ETag }] };
    await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'part', UploadId: again.UploadId, MultipartUpload: one }));
    expect(await text('part')).toBe('xt');

    const Objects = [Key, 'copy', 'part'].map((name) => ({ Key: name }));
    expect((await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))).Deleted).toEqual(Objects);
    expect(await s3.send(new ListObjectsV2Command({ Bucket }))).toMatchObject({ KeyCount: 0, IsTruncated: false });
  });

  it('hold documents of a bucket', async () => {
    const Statement = [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` }];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    expect(await refusal(s3.send(new GetBucketPolicyCommand({ Bucket })))).toMatchObject({ name: 'NoSuchBucketPolicy', status: 404 });
    expect(await refusal(s3.send(new PutBucketPolicyCommand({ Bucket, Policy })))).toMatchObject({ name: 'AccessDenied', status: 403 });
    const PublicAccessBlockConfiguration = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: false, RestrictPublicBuckets: false };
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
    expect(await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).toMatchObject({ PublicAccessBlockConfiguration });
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    expect((await s3.send(new GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus).toEqual({ IsPublic: true });
    expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy);
    const TagSet = [{ Key: 'team', Value: 'x + y' }];
    await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
    expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual(TagSet);
  });

  it('tell a user what policies lack, and of a missing key only that', async () => {
    const mayRead = 'GetObject';
    fixture.access.allowed = ({ principal, demand }) => principal.type === 'root' || demand.action === `s3:${mayRead}`;
    expect(await refusal(user.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' })))).toMatchObject({ name: 'AccessDenied', status: 403 });
    expect(await refusal(user.send(new GetObjectCommand({ Bucket, Key: 'none' })))).toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(`s3:ListBucket on resource: "arn:aws:s3:::${Bucket}" because`) as string,
    });
    await put('k');
    const { Errors } = await user.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'k' }] } }));
    expect(Errors).toMatchObject([{ Key: 'k', Code: 'AccessDenied' }]);
    expect(await text('k')).toBe('hello');
  });
});
