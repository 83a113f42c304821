import { Readable } from 'node:stream';
import { DeleteObjectsCommand, GetBucketLocationCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { AwsError } from '../../src/aws/aws-error.ts';
import type { Arrival } from '../../src/model/arrival.ts';
import { BlobSlice, BlobSlices, type ReceivedBlob } from '../../src/store/blobs/blob.ts';
import { client, closeServers, demanding, refusal, region, setUp, signedFetch } from './gateway-clients.ts';
import { rootKey, userKey } from './gateway-fixture.ts';

afterEach(closeServers);

/** An S3 with one bucket, in memory. */
function fakeS3(): any {
  const objects = new Map<string, ReceivedBlob>();
  const arn = (input: any): string => `arn:aws:s3:::${input.Bucket}/${input.Key}`;
  const found = (input: any): ReceivedBlob => {
    const object = objects.get(input.Key);
    if (object === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404, detail: { Key: input.Key } });
    return object;
  };
  return {
    PutObject: {
      authorize: (input: any) => [{ action: 's3:PutObject', resource: arn(input) }],
      receivesBody: true,
      commit: (input: any, _context: unknown, received: ReceivedBlob) => {
        objects.set(input.Key, received);
        if (input.ContentEncoding !== undefined) throw new AwsError('Unexpected', 'aws-chunked is not the encoding of an object');
        return { ETag: `"${received.size}"`, ChecksumCRC32: received.checksums['crc32'] };
      },
    },
    GetObject: {
      authorize: (input: any) => [{ action: 's3:GetObject', resource: arn(input) }],
      commit: (input: any) => {
        const { blobId, size } = found(input);
        if (input.Range === undefined)
          return { Body: new BlobSlices([new BlobSlice(blobId, 0, size - 1)]), ContentLength: size, Metadata: { 'na-me': 'x' } };
        return { Body: new BlobSlices([new BlobSlice(blobId, 2, 3)]), ContentLength: 2, ContentRange: `bytes 2-3/${size}` };
      },
    },
    HeadObject: {
      authorize: (input: any) => [{ action: 's3:GetObject', resource: arn(input) }],
      commit: (input: any) => ({ ContentLength: found(input).size, ETag: '"x"' }),
    },
    DeleteObjects: {
      authorize: (input: any) =>
        input.Delete.Objects.map((object: any) => ({ action: 's3:DeleteObject', resource: `arn:aws:s3:::${input.Bucket}/${object.Key}` })),
      commit: (input: any) => ({ Deleted: input.Delete.Objects.map((object: any) => ({ Key: object.Key })) }),
    },
    GetBucketLocation: { authorize: demanding('s3:GetBucketLocation'), commit: () => ({ LocationConstraint: region }) },
  };
}

describe('S3', () => {
  it.each([
    ['a buffer', () => Buffer.from('hello'), {}],
    ['a stream, in unsigned chunks with a trailer', () => Readable.from([Buffer.from('hel'), Buffer.from('lo')]), { ContentLength: 5 }],
  ])('receives an object from %s and gives it back', async (_name, body, more) => {
    const { endpoint, audit } = setUp({ s3: fakeS3() });
    const s3 = client(S3Client, await endpoint());
    const put = await s3.send(new PutObjectCommand({ Bucket: 'bkt', Key: 'a b/../ü+//c', Body: body(), ...more }));
    expect(put).toMatchObject({ ETag: '"5"', ChecksumCRC32: 'NhCmhg==' });
    const got = await s3.send(new GetObjectCommand({ Bucket: 'bkt', Key: 'a b/../ü+//c' }));
    expect([await got.Body?.transformToString(), got.ContentLength, got.Metadata]).toEqual(['hello', 5, { 'na-me': 'x' }]);
    const part = await s3.send(new GetObjectCommand({ Bucket: 'bkt', Key: 'a b/../ü+//c', Range: 'bytes=2-3' }));
    expect([part.$metadata.httpStatusCode, await part.Body?.transformToString()]).toEqual([206, 'll']);
    const head = await s3.send(new HeadObjectCommand({ Bucket: 'bkt', Key: 'a b/../ü+//c' }));
    expect([head.ContentLength, head.$metadata.requestId]).toEqual([5, expect.stringMatching(/^[A-Z2-7]{16}$/)]);
    expect(audit.map(({ operation, status }) => [operation, status])).toEqual([
      ['PutObject', 200],
      ['GetObject', 200],
      ['GetObject', 206],
      ['HeadObject', 200],
    ]);
  });

  it('collects a document, and unwraps the root of GetBucketLocation', async () => {
    const { endpoint, access } = setUp({ s3: fakeS3() });
    const s3 = client(S3Client, await endpoint());
    const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket: 'bkt', Delete: { Objects: [{ Key: 'a&b' }, { Key: 'c' }] } }));
    expect(Deleted).toEqual([{ Key: 'a&b' }, { Key: 'c' }]);
    expect(access.asked.map(({ demand }) => demand.resource)).toEqual(['arn:aws:s3:::bkt/a&b', 'arn:aws:s3:::bkt/c']);
    expect((await s3.send(new GetBucketLocationCommand({ Bucket: 'bkt' }))).LocationConstraint).toBe(region);
  });

  it('judges an unsigned request as the anonymous principal, and tells it nothing', async () => {
    const { endpoint, access } = setUp({ s3: fakeS3() });
    const url = await endpoint();
    const refused = await fetch(`${url}/bkt/k`);
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('<Message>Access Denied</Message>')]);
    access.allowed = ({ principal, demand }) => principal.type === 'anonymous' && demand.action === 's3:GetObject';
    const missing = await fetch(`${url}/bkt/k`);
    expect([missing.status, await missing.text()]).toEqual([
      404,
      expect.stringContaining('<Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>k</Key>'),
    ]);
    const head = await fetch(`${url}/bkt/k`, { method: 'HEAD' });
    expect([head.status, await head.text(), head.headers.get('x-amz-request-id')]).toEqual([404, '', expect.any(String)]);
  });

  it('gives the reason to callers of the account, the resource in quotes', async () => {
    const { endpoint } = setUp({ s3: fakeS3() });
    const { name, message } = await refusal(client(S3Client, await endpoint(), userKey).send(new GetObjectCommand({ Bucket: 'bkt', Key: 'k' })));
    expect([name, message]).toEqual([
      'AccessDenied',
      expect.stringContaining('s3:GetObject on resource: "arn:aws:s3:::bkt/k" because no identity-based policy'),
    ]);
  });

  it('refuses an upload before its first byte, and the commit of a refused one after its last', async () => {
    const { endpoint, access, server, discarded } = setUp({ s3: fakeS3() });
    const s3 = client(S3Client, await endpoint());
    access.allowed = () => false;
    await refusal(s3.send(new PutObjectCommand({ Bucket: 'bkt', Key: 'k', Body: 'x' })));
    expect(server.blobs.size).toBe(0);
    let asked = 0;
    access.allowed = () => (asked += 1) === 1;
    expect(await refusal(s3.send(new PutObjectCommand({ Bucket: 'bkt', Key: 'k', Body: 'x' })))).toMatchObject({ name: 'AccessDenied', status: 403 });
    expect(discarded).toEqual([...server.blobs.keys()]);
  });

  it.each([
    ['content-md5', 'AAAAAAAAAAAAAAAAAAAAAA==', 'BadDigest'],
    ['content-md5', 'short', 'InvalidDigest'],
    ['x-amz-checksum-crc32', 'AAAAAA==', 'BadDigest'],
    ['x-amz-checksum-sha1', 'AAAA', 'InvalidRequest'],
  ])('refuses a wrong %s (%s)', async (name, value, code) => {
    const { endpoint } = setUp({ s3: fakeS3() });
    const reply = await signedFetch(await endpoint(), 's3', { method: 'PUT', path: '/bkt/k', body: 'hello', headers: { [name]: value } });
    expect([reply.status, await reply.text()]).toEqual([400, expect.stringContaining(`<Code>${code}</Code>`)]);
  });

  it('names the right region to a request signed for another', async () => {
    const { endpoint } = setUp({ s3: fakeS3() });
    const reply = await signedFetch(await endpoint(), 's3', { method: 'GET', path: '/bkt/k', body: '', headers: {}, region: 'us-west-2' });
    const text = await reply.text();
    expect(reply.status).toBe(400);
    expect(text).toContain(
      "<Message>The authorization header is malformed; the region 'us-west-2' is wrong; expecting 'eu-central-1'</Message><Region>eu-central-1</Region>",
    );
  });

  it("judges the operator's objects of a package repository as those of its owner, and takes them from no one else", async () => {
    const { endpoint, access, audit } = setUp({ s3: fakeS3() });
    access.allowed = ({ principal }) => principal.type === 'service';
    const url = await endpoint();
    const put = { method: 'PUT', path: '/_cloister/repositories/packages/a%20b/%2B', body: 'hello', headers: {} };
    expect((await signedFetch(url, 's3', put)).status).toBe(200);
    expect(access.asked.at(-1)).toMatchObject({
      principal: { type: 'service', service: 'amazonlinux.amazonaws.com' },
      arrival: { kind: 'service', servicePrincipal: 'amazonlinux.amazonaws.com' },
      demand: { action: 's3:PutObject', resource: 'arn:aws:s3:::packages.eu-central-1.amazonaws.com/a b/+' },
    });
    expect(audit.at(-1)).toMatchObject({ operation: 'PutObject', arrival: { kind: 'host' }, accessKeyId: rootKey.accessKeyId });
    const asked = access.asked.length;
    const byUser = await signedFetch(url, 's3', { ...put, key: userKey });
    expect([byUser.status, await byUser.text()]).toEqual([403, expect.stringContaining('Only the root user may use the paths of the operator.')]);
    expect((await fetch(`${url}/_cloister/repositories/packages/k`)).status).toBe(403);
    expect((await signedFetch(url, 's3', { ...put, path: '/_cloister/repositories/other/k' })).status).toBe(404);
    expect(access.asked.length).toBe(asked);
  });

  it('takes the bucket from the host', async () => {
    const { gateway, access } = setUp({ s3: fakeS3() }, undefined);
    access.allowed = () => false;
    const hosts = ['bkt.s3.eu-central-1.amazonaws.com', 'bkt.localhost:4566', 'repo.eu-central-1.amazonaws.com'];
    const arrival: Arrival = { kind: 'endpoint', service: 's3', vpcEndpointId: 'vpce-1', vpcId: 'vpc-1', sourceIp: '10.0.0.7', secure: false };
    for (const host of hosts) await gateway.plan({ method: 'GET', target: '/a/../b', headers: [['host', host]], arrival });
    expect(access.asked.map(({ demand }) => demand.resource)).toEqual([
      'arn:aws:s3:::bkt/a/../b',
      'arn:aws:s3:::bkt/a/../b',
      'arn:aws:s3:::repo.eu-central-1.amazonaws.com/a/../b',
    ]);
  });
});
