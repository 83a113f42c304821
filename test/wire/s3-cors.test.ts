import {
  CreateBucketCommand,
  DeleteBucketCorsCommand,
  GetBucketCorsCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
  S3Client,
  type CORSRule,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { s3 as operations } from '../../src/services/s3/registry.ts';
import { client, closeServers, refusal, region, setUp, signedFetch } from './gateway-clients.ts';

afterEach(closeServers);

const Bucket = 'data-bucket';
const origin = 'https://app.example.com';
const rule: CORSRule = {
  ID: 'app',
  AllowedOrigins: [origin],
  AllowedMethods: ['GET', 'PUT'],
  AllowedHeaders: ['*'],
  ExposeHeaders: ['ETag'],
  MaxAgeSeconds: 300,
};
let endpoint: string;
let s3: S3Client;
const put = async (...CORSRules: CORSRule[]) => await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));

beforeEach(async () => {
  endpoint = await setUp({ s3: operations }).endpoint();
  s3 = client(S3Client, endpoint);
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'hello' }));
});

const preflight = async (headers: Record<string, string>, path = `/${Bucket}/k`) => await fetch(`${endpoint}${path}`, { method: 'OPTIONS', headers });
const asking = { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'X-Amz-Date, authorization' };

describe('the configuration', () => {
  it('comes back as it was put, and goes', async () => {
    expect(await refusal(s3.send(new GetBucketCorsCommand({ Bucket })))).toMatchObject({ name: 'NoSuchCORSConfiguration', status: 404 });
    await put(rule, { AllowedOrigins: ['*'], AllowedMethods: ['HEAD'] });
    expect((await s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules).toEqual([rule, { AllowedOrigins: ['*'], AllowedMethods: ['HEAD'] }]);
    await s3.send(new DeleteBucketCorsCommand({ Bucket }));
    expect(await refusal(s3.send(new GetBucketCorsCommand({ Bucket })))).toMatchObject({ name: 'NoSuchCORSConfiguration' });
  });

  it.each<[CORSRule[], string, RegExp]>([
    [[], 'MalformedXML', /XML/],
    [Array.from({ length: 101 }, () => rule), 'InvalidRequest', /limit of 100 rules/],
    [[{ ...rule, AllowedMethods: ['PATCH'] }], 'InvalidRequest', /Unsupported method is PATCH/],
    [[{ ...rule, AllowedOrigins: ['*.*'] }], 'InvalidRequest', /AllowedOrigin "\*\.\*" can not have more than one wildcard/],
    [[{ ...rule, AllowedHeaders: ['*-*'] }], 'InvalidRequest', /AllowedHeader/],
    [[{ ...rule, ExposeHeaders: ['x-*'] }], 'InvalidRequest', /ExposeHeader/],
    [[{ ...rule, ID: 'x'.repeat(256) }], 'InvalidRequest', /ID/],
  ])('is refused when it is wrong: %#', async (rules, name, message) => {
    await put(rule);
    expect(await refusal(put(...rules))).toMatchObject({ name, status: 400, message: expect.stringMatching(message) as string });
    expect((await s3.send(new GetBucketCorsCommand({ Bucket }))).CORSRules).toEqual([rule]);
  });
});

describe('a preflight', () => {
  it('is answered without a signature', async () => {
    await put(rule);
    const answer = await preflight(asking);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, PUT',
      'access-control-allow-headers': 'x-amz-date, authorization',
      'access-control-expose-headers': 'ETag',
      'access-control-max-age': '300',
      'access-control-allow-credentials': 'true',
      vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
    });
  });

  it.each([
    [{ ...asking, origin: 'https://other.example.com' }, 403, 'CORSResponse: This CORS request is not allowed.'],
    [{ ...asking, 'access-control-request-method': 'DELETE' }, 403, 'CORSResponse: This CORS request is not allowed.'],
    [{ origin }, 400, 'Invalid Access-Control-Request-Method: null'],
    [{ 'access-control-request-method': 'GET' }, 400, 'Insufficient information. Origin request header needed.'],
  ])('is refused: %j', async (headers: Record<string, string>, status, message) => {
    await put(rule);
    const answer = await preflight(headers);
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(message)]);
    expect(answer.headers.has('access-control-allow-origin')).toBe(false);
  });

  it.each([`/${Bucket}/k`, '/nowhere/k'])('is refused where nothing is configured: %s', async (path) => {
    const answer = await preflight(asking, path);
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('CORSResponse: CORS is not enabled for this bucket.')]);
  });
});

describe('an answer', () => {
  const get = async (headers: Record<string, string>, path = `/${Bucket}/k`) =>
    await signedFetch(endpoint, 's3', { method: 'GET', path, body: '', headers });

  it('to a page of an allowed origin says so, a refusal too', async () => {
    await put(rule);
    const read = await get({ origin });
    expect([read.status, await read.text(), read.headers.get('access-control-allow-origin')]).toEqual([200, 'hello', origin]);
    const missing = await get({ origin }, `/${Bucket}/missing`);
    expect([missing.status, missing.headers.get('access-control-allow-origin')]).toEqual([404, origin]);
    expect((await fetch(`${endpoint}/${Bucket}/%E0`, { headers: { origin } })).status).toBe(400);
    const unsigned = await fetch(`${endpoint}/${Bucket}?list-type=2`, { headers: { origin } });
    expect(unsigned.headers.get('vary')).toContain('Origin');
  });

  it('to another page, or to none, does not', async () => {
    await put(rule);
    for (const headers of [{ origin: 'https://other.example.com' }, {}]) {
      const read = await get(headers);
      expect([read.status, read.headers.has('access-control-allow-origin'), read.headers.has('vary')]).toEqual([200, false, false]);
    }
  });
});
