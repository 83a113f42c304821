import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { closeServers, region } from './gateway-clients.ts';
import { rootKey } from './gateway-fixture.ts';
import { setUpBucket } from './s3-bucket.ts';
import { sdkSign } from './sdk-signer.ts';

afterEach(closeServers);

const Bucket = 'data-bucket';
const hosted = `${Bucket}.s3.${region}.amazonaws.com`;
let endpoint: string;
let s3: S3Client;

beforeEach(async () => {
  ({ endpoint, s3 } = await setUpBucket(Bucket));
});

interface RawAnswer {
  readonly status: number;
  readonly body: string;
}

/** A signed request whose target is sent to the byte: no client in between makes it tidy. */
async function raw(method: 'GET' | 'PUT' | 'DELETE', host: string, path: string, body = ''): Promise<RawAnswer> {
  const headers = await sdkSign('s3', region, rootKey, { method, path, headers: { host, 'content-length': String(body.length) }, body });
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const sent = request({ host: '127.0.0.1', port: new URL(endpoint).port, method, path, headers }, (response) => {
    buffer(response).then((bytes) => resolve({ status: response.statusCode ?? 0, body: bytes.toString() }), reject);
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

const pathHost = (): string => new URL(endpoint).host;

/** Keys as they stand in a URL, each another one than all the others. */
const targets = [
  'a',
  'a/',
  'a//',
  'a/b',
  'a//b',
  'a/./b',
  'a/../b',
  'a/x/../b',
  '..',
  '../b',
  '.',
  './a',
  '/a',
  '//',
  'a%2F..%2Fc',
  'a%20b',
  'a%2Bb',
  'a%3Fb',
  'a%23b',
  'a%25b',
  'a%252Fb',
  'a%26%3C%3E%22%27b',
  // é as one character, and as e with an accent.
  '%C3%A9',
  'e%CC%81',
  '%F0%9F%98%80',
  '%01',
  '%0D%0A',
  '%7F',
  '%EF%BF%BE',
  'A',
];

it('every key is the bytes that its URL has, by the path and by the host', async () => {
  for (const [n, target] of targets.entries()) {
    const [host, path] = n % 2 === 0 ? [pathHost(), `/${Bucket}/${target}`] : [hosted, `/${target}`];
    expect({ target, ...(await raw('PUT', host, path, `body ${n}`)) }).toMatchObject({ status: 200 });
  }
  for (const [n, target] of targets.entries()) {
    expect({ target, ...(await raw('GET', pathHost(), `/${Bucket}/${target}`)) }).toEqual({ target, status: 200, body: `body ${n}` });
    expect({ target, ...(await raw('GET', hosted, `/${target}`)) }).toEqual({ target, status: 200, body: `body ${n}` });
  }
  const keys = targets.map(decodeURIComponent);
  const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const decoded = (text: string | undefined): string => decodeURIComponent((text ?? '').replaceAll('+', '%20'));
  const second = await s3.send(new ListObjectsV2Command({ Bucket, EncodingType: 'url' }));
  const first = await s3.send(new ListObjectsCommand({ Bucket, EncodingType: 'url' }));
  for (const { Contents = [] } of [second, first]) expect(Contents.map(({ Key }) => decoded(Key))).toEqual(sorted);
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, EncodingType: 'url' }));
  expect(Versions.map(({ Key }) => decoded(Key))).toEqual(sorted);

  await raw('DELETE', hosted, '/a/../b');
  expect(await raw('GET', pathHost(), `/${Bucket}/a/../b`)).toMatchObject({ status: 404 });
  expect(await raw('GET', pathHost(), `/${Bucket}/a/x/../b`)).toMatchObject({ status: 200 });
});

it('a listing without an encoding has characters that XML cannot hold as references', async () => {
  await raw('PUT', pathHost(), `/${Bucket}/%01%0D`, 'x');
  const { body } = await raw('GET', pathHost(), `/${Bucket}`);
  expect(body).toContain('<Key>&#x1;&#xD;</Key>');
});

it('a URL that is not UTF-8 names no key', async () => {
  for (const target of ['%FF', '%C3', 'a%ED%A0%80', '%C0%AF']) {
    expect({ target, ...(await raw('PUT', pathHost(), `/${Bucket}/${target}`, 'x')) }).toMatchObject({
      status: 400,
      body: expect.stringContaining('<Code>InvalidURI</Code>') as string,
    });
  }
});

it('a key of 1,024 bytes is the longest', async () => {
  const longest = 'é'.repeat(512);
  await s3.send(new PutObjectCommand({ Bucket, Key: longest, Body: 'x' }));
  expect((await s3.send(new GetObjectCommand({ Bucket, Key: longest }))).ContentLength).toBe(1);
  for (const method of ['PUT', 'GET'] as const) {
    const { status, body } = await raw(method, pathHost(), `/${Bucket}/${encodeURIComponent(longest)}x`);
    expect([status, body]).toEqual([400, expect.stringContaining('<Code>KeyTooLongError</Code>')]);
    expect(body).toContain('<Size>1025</Size><MaxSizeAllowed>1024</MaxSizeAllowed>');
  }
});

it('keys in a document are the same bytes', async () => {
  const Objects = ['a/../b', 'é', 'e\u0301', 'a&<b>', ' a ', 'a\u00a0'].map((Key) => ({ Key }));
  for (const { Key } of [...Objects, { Key: 'a' }]) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  expect((await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))).Deleted).toEqual(Objects);
  expect((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key)).toEqual(['a']);
});
