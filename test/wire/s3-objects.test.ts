import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checksumOf, type ChecksumAlgorithm } from '../../src/aws/checksum.ts';
import { closeServers, refusal, signedFetch } from './gateway-clients.ts';
import { setUpBucket } from './s3-bucket.ts';

afterEach(closeServers);

const Bucket = 'data-bucket';
const Key = 'k';
let endpoint: string;
let s3: S3Client;

beforeEach(async () => {
  ({ endpoint, s3 } = await setUpBucket(Bucket));
});

const put = async (Body: string, more: object = {}) => await s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const text = async (more: object = {}) => await (await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body?.transformToString();
const versioning = async (Status: 'Enabled' | 'Suspended') =>
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));

describe('versions, asked for by an unmodified client', () => {
  it('are kept, hidden behind delete markers, listed and deleted', async () => {
    await put('zero');
    await versioning('Enabled');
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
    const { VersionId: one } = await put('one');
    const { VersionId: marker, DeleteMarker } = await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    expect(DeleteMarker).toBe(true);
    expect([await text({ VersionId: one }), await text({ VersionId: 'null' })]).toEqual(['one', 'zero']);
    expect(await refusal(text())).toMatchObject({ name: 'NoSuchKey', status: 404 });

    const hidden = await signedFetch(endpoint, 's3', { method: 'GET', path: `/${Bucket}/${Key}`, body: '', headers: {} });
    expect([hidden.status, hidden.headers.get('x-amz-delete-marker'), hidden.headers.get('x-amz-version-id')]).toEqual([404, 'true', marker]);
    const named = await signedFetch(endpoint, 's3', { method: 'GET', path: `/${Bucket}/${Key}?versionId=${marker}`, body: '', headers: {} });
    expect([named.status, named.headers.get('allow'), named.headers.get('x-amz-delete-marker')]).toEqual([405, 'DELETE', 'true']);
    expect(await named.text()).toContain('<Code>MethodNotAllowed</Code>');

    const seen: unknown[] = [];
    let after: { readonly KeyMarker?: string | undefined; readonly VersionIdMarker?: string | undefined } = {};
    for (let isTruncated = true; isTruncated;) {
      const page: ListObjectVersionsCommandOutput = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1, ...after }));
      for (const row of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) seen.push([row.VersionId, row.IsLatest]);
      isTruncated = page.IsTruncated === true;
      after = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
    expect(seen).toEqual([
      [marker, true],
      [one, false],
      ['null', false],
    ]);
    const Objects = [marker, one, 'null'].map((VersionId) => ({ Key, VersionId }));
    const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted?.map((deleted) => deleted.DeleteMarker ?? false)).toEqual([true, false, false]);
    expect(await s3.send(new ListObjectVersionsCommand({ Bucket }))).not.toHaveProperty('Versions');
  });

  it('are copied from, and described', async () => {
    await versioning('Enabled');
    const { VersionId } = await put('one', { Metadata: { colour: 'red' } });
    await put('two');
    const copy = await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}?versionId=${VersionId}` }));
    expect(copy.CopySourceVersionId).toBe(VersionId);
    expect(copy.VersionId).toMatch(/^[.\w]{32}$/);
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'copy' }))).Metadata).toEqual({ colour: 'red' });
    const described = await s3.send(new GetObjectAttributesCommand({ Bucket, Key, VersionId, ObjectAttributes: ['ObjectSize', 'Checksum'] }));
    expect(described).toMatchObject({ VersionId, ObjectSize: 3, Checksum: { ChecksumType: 'FULL_OBJECT' } });
    expect(await refusal(text({ VersionId: 'nonsense' }))).toMatchObject({ name: 'InvalidArgument', message: 'Invalid version id specified' });
    expect(await refusal(text({ VersionId: 'x'.repeat(32) }))).toMatchObject({ name: 'NoSuchVersion', status: 404 });
  });
});

const algorithms = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'] as const satisfies readonly ChecksumAlgorithm[];
const body = 'some bytes';
const unsigned = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };

/** A body in one chunk with its checksum behind, as clients send streams. */
const inTrailer = (algorithm: string, value: string) => ({
  body: `${body.length.toString(16)}\r\n${body}\r\n0\r\nx-amz-checksum-${algorithm}:${value}\r\n\r\n`,
  headers: {
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': String(body.length),
    'x-amz-trailer': `x-amz-checksum-${algorithm}`,
  },
});
const inHeader = (algorithm: string, value: string) => ({ body, headers: { ...unsigned, [`x-amz-checksum-${algorithm}`]: value } });

describe.each(algorithms)('the checksum %s', (algorithm) => {
  const right = checksumOf(algorithm, Buffer.from(body));
  const wrong = checksumOf(algorithm, Buffer.from('other bytes'));
  const header = `x-amz-checksum-${algorithm}`;
  const send = async (path: string, { headers, ...rest }: ReturnType<typeof inHeader>) =>
    await signedFetch(endpoint, 's3', { method: 'PUT', path, ...rest, headers: { 'content-length': String(rest.body.length), ...headers } });

  it.each([
    ['a header', inHeader],
    ['a trailer', inTrailer],
  ])('of an object comes in %s, is compared, and comes back to who asks', async (_place, sent) => {
    const refused = await send(`/${Bucket}/${Key}`, sent(algorithm, wrong));
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('<Code>BadDigest</Code>')]);
    expect(await refusal(text())).toMatchObject({ name: 'NoSuchKey' });
    const malformed = await send(`/${Bucket}/${Key}`, inHeader(algorithm, 'bm9uZQ=='.slice(2)));
    expect([malformed.status, await malformed.text()]).toEqual([400, expect.stringContaining(`Value for ${header} header is invalid.`)]);

    const stored = await send(`/${Bucket}/${Key}`, sent(algorithm, right));
    expect([stored.status, stored.headers.get(header), stored.headers.get('x-amz-checksum-type')]).toEqual([200, right, 'FULL_OBJECT']);
    const read = async (headers: Record<string, string>) =>
      await signedFetch(endpoint, 's3', { method: 'GET', path: `/${Bucket}/${Key}`, body: '', headers });
    const told = await read({ 'x-amz-checksum-mode': 'ENABLED' });
    expect([await told.text(), told.headers.get(header), told.headers.get('content-encoding')]).toEqual([body, right, null]);
    expect((await read({})).headers.get(header)).toBeNull();
  });

  it('of a part is needed where the upload was begun with it, and makes that of the object', async () => {
    const ChecksumAlgorithm = algorithm.toUpperCase() as 'CRC32';
    const upload = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm }));
    const { UploadId } = upload;
    expect(upload.ChecksumAlgorithm).toBe(ChecksumAlgorithm);
    const path = `/${Bucket}/${Key}?partNumber=1&uploadId=${UploadId}`;
    expect(await (await send(path, { body, headers: unsigned })).text()).toContain('Checksum Type mismatch occurred');
    const part = await send(path, inTrailer(algorithm, right));
    expect([part.status, part.headers.get(header)]).toEqual([200, right]);
    const whole = algorithm === 'crc64nvme';
    const expected = whole ? right : `${checksumOf(algorithm, Buffer.from(right, 'base64'))}-1`;
    const member = `Checksum${ChecksumAlgorithm}`;
    const Parts = [{ PartNumber: 1, ETag: part.headers.get('etag') ?? '', [member]: right }];
    const complete = async (more: object) =>
      await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }));
    expect(await refusal(complete({ [member]: wrong }))).toMatchObject({ name: 'BadDigest', status: 400 });
    const done = await complete({ [member]: expected });
    expect(done).toMatchObject({ [member]: expected, ChecksumType: whole ? 'FULL_OBJECT' : 'COMPOSITE' });
    const { Checksum, ObjectParts } = await s3.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['Checksum', 'ObjectParts'] }));
    expect([Checksum, ObjectParts?.Parts]).toMatchObject([{ [member]: expected }, [{ PartNumber: 1, [member]: right }]]);
  });
});

it('an MD5 is compared, too, and two checksums at once are refused', async () => {
  const send = async (headers: Record<string, string>) =>
    await signedFetch(endpoint, 's3', { method: 'PUT', path: `/${Bucket}/${Key}`, body, headers: { ...unsigned, ...headers } });
  const md5 = checksumOf('md5', Buffer.from(body));
  const wrong = checksumOf('md5', Buffer.from('other bytes'));
  expect(await (await send({ 'content-md5': wrong })).text()).toContain('<Code>BadDigest</Code>');
  expect(await (await send({ 'content-md5': 'nonsense' })).text()).toContain('<Code>InvalidDigest</Code>');
  expect((await send({ 'content-md5': md5 })).status).toBe(200);
  const two = { 'x-amz-checksum-crc32': checksumOf('crc32', Buffer.from(body)), 'x-amz-checksum-sha1': checksumOf('sha1', Buffer.from(body)) };
  expect(await (await send(two)).text()).toContain('Expecting a single x-amz-checksum- header');
  const announced = await send({ 'x-amz-sdk-checksum-algorithm': 'SHA256' });
  expect(await announced.text()).toContain('x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer');
});

it('a part of a full-object CRC need not say what kind the client would take for it', async () => {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' }));
  const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: body, ChecksumAlgorithm: 'CRC32' }));
  const done = await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }));
  expect(done).toMatchObject({ ChecksumCRC32: checksumOf('crc32', Buffer.from(body)), ChecksumType: 'FULL_OBJECT' });
});

describe('conditions', () => {
  const status = async (headers: Record<string, string>, method = 'GET') =>
    (await signedFetch(endpoint, 's3', { method, path: `/${Bucket}/${Key}`, body: '', headers: { ...unsigned, ...headers } })).status;

  it('on a read: an entity tag decides over a date', async () => {
    const { ETag = '' } = await put('hello');
    const past = 'Thu, 01 Jan 2015 00:00:00 GMT';
    const future = new Date(Date.UTC(2400, 0)).toUTCString();
    expect(await status({ 'if-match': ETag })).toBe(200);
    expect(await status({ 'if-match': '*' })).toBe(200);
    expect(await status({ 'if-match': '"x", "y"' })).toBe(412);
    expect(await status({ 'if-match': ETag, 'if-unmodified-since': past })).toBe(200);
    expect(await status({ 'if-unmodified-since': past })).toBe(412);
    expect(await status({ 'if-none-match': ETag })).toBe(304);
    expect(await status({ 'if-none-match': ETag, 'if-modified-since': past })).toBe(304);
    expect(await status({ 'if-none-match': '"x"', 'if-modified-since': future })).toBe(200);
    expect(await status({ 'if-modified-since': future })).toBe(304);
    expect(await status({ 'if-modified-since': past })).toBe(200);
    expect(await status({ 'if-match': '"x"', 'if-none-match': ETag })).toBe(412);
  });

  it('that hold nothing back tell the headers of what is unchanged', async () => {
    const { ETag = '' } = await put('hello');
    const unchanged = await signedFetch(endpoint, 's3', {
      method: 'GET',
      path: `/${Bucket}/${Key}`,
      body: '',
      headers: { ...unsigned, 'if-none-match': ETag },
    });
    expect([unchanged.status, unchanged.headers.get('etag'), await unchanged.text()]).toEqual([304, ETag, '']);
    expect(unchanged.headers.get('last-modified')).toMatch(/GMT$/);
  });

  it('on a deletion and a copy', async () => {
    const { ETag = '' } = await put('hello');
    const remove = async (IfMatch: string) => await s3.send(new DeleteObjectCommand({ Bucket, Key, IfMatch }));
    const copy = async (more: object) => await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${Key}`, ...more }));
    expect(await refusal(copy({ CopySourceIfMatch: '"x"' }))).toMatchObject({ name: 'PreconditionFailed', status: 412 });
    await copy({ CopySourceIfMatch: ETag, CopySourceIfUnmodifiedSince: new Date('2015-01-01') });
    expect(await refusal(copy({ IfNoneMatch: '*' }))).toMatchObject({ name: 'PreconditionFailed', status: 412 });
    expect(await refusal(remove('"x"'))).toMatchObject({ name: 'PreconditionFailed', status: 412 });
    await remove(ETag);
    expect(await refusal(remove('*'))).toMatchObject({ name: 'PreconditionFailed', status: 412 });
  });
});
