import { afterEach, expect, it } from 'vitest';
import type { RequestMarks } from '../../src/model/policy/request-marks.ts';
import { closeServers, demanding, region, setUp, signedFetch } from './gateway-clients.ts';
import { rootKey } from './gateway-fixture.ts';
import { sdkPresign } from './sdk-signer.ts';

afterEach(closeServers);

const getObject = { authorize: demanding('s3:GetObject', 'arn:aws:s3:::bkt/k'), commit: () => ({ ContentLength: 0 }) };
const headers = { 'user-agent': 'curl/8', referer: 'https://example.com/page' };

/** What the policies may look at of a request to S3, sent in this way. */
async function marksOf(send: (url: string) => Promise<Response>): Promise<RequestMarks | undefined> {
  const { endpoint, access } = setUp({ s3: { GetObject: getObject } });
  access.allowed = () => true;
  expect((await send(await endpoint())).status).toBe(200);
  return access.asked.at(-1)?.request;
}

it('tells policies who sent a request and how it was signed', async () => {
  const marks = await marksOf((url) => signedFetch(url, 's3', { method: 'GET', path: '/bkt/k', body: '', headers }));
  expect(marks).toEqual({
    userAgent: 'curl/8',
    referer: 'https://example.com/page',
    contentSha256: expect.any(String),
    signature: { type: 'REST-HEADER', version: 'AWS4-HMAC-SHA256', signedAtMs: expect.any(Number) },
  });
});

it('tells policies of a presigned URL', async () => {
  const marks = await marksOf(async (url) => {
    const query = await sdkPresign(region, rootKey, new URL(url).host, '/bkt/k');
    return await fetch(`${url}/bkt/k?${new URLSearchParams(query).toString()}`, { headers: { 'user-agent': 'curl/8' } });
  });
  expect(marks).toEqual({
    userAgent: 'curl/8',
    signature: { type: 'REST-QUERY-STRING', version: 'AWS4-HMAC-SHA256', signedAtMs: expect.any(Number) },
  });
});

it('tells policies of no signature where there is none', async () => {
  expect(await marksOf((url) => fetch(`${url}/bkt/k`, { headers }))).toEqual({ userAgent: 'curl/8', referer: 'https://example.com/page' });
});
