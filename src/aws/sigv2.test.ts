import { expect, it } from 'vitest';
import { verifyPresignedV2 } from './sigv2.ts';
import { findSignature, SignatureError } from './sigv4.ts';

const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

function problem(method: string, target: string, headers: Record<string, string>, now: Date, resource = target.split('?')[0] ?? ''): string {
  const request = { method, target, headers: new Map(Object.entries(headers)) };
  try {
    const stated = findSignature(request);
    if (stated?.form !== 'query-v2') return 'unsigned';
    verifyPresignedV2(request, stated, secret, resource, now);
    return 'none';
  } catch (error) {
    return error instanceof SignatureError ? error.problem : String(error);
  }
}

const before = (seconds: number): Date => new Date(seconds * 1000 - 1);
const key = 'AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE';

/** The first is S3's published example; the others are what botocore 1.43 presigns. */
it.each([
  ['GET', `/photos/puppy.jpg?${key}&Expires=1175139620&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D`, {}, 1_175_139_620, '/johnsmith/photos/puppy.jpg'],
  ['GET', `/bkt/a%20b?${key}&Signature=Na7PjAGQbDQzmFfaF2rvU9Uut1s%3D&Expires=1700000060`, {}, 1_700_000_060, undefined],
  [
    'GET',
    `/bkt/k?versionId=v1&response-content-type=text%2Fplain&x=y&${key}&Signature=aMQTC0qpvNv34K6eAcZqiP5p5v8%3D&x-amz-security-token=tok%2Fen%3D%3D&Expires=1700000060`,
    {},
    1_700_000_060,
    undefined,
  ],
  [
    'PUT',
    `/bkt/k?partNumber=1&uploadId=u&${key}&Signature=mS3KqWQjc70oguKVKAF79nCBW9w%3D&content-type=text%2Fplain&x-amz-meta-a=b&Expires=1700000060`,
    { 'content-type': 'text/plain' },
    1_700_000_060,
    undefined,
  ],
] as const)('%s %s holds until it expires, and for nothing else', (method, target, headers, expires, resource) => {
  expect(problem(method, target, headers, before(expires), resource)).toBe('none');
  expect(problem(method, target, headers, new Date(expires * 1000), resource)).toBe('expired');
  expect(problem('DELETE', target, headers, before(expires), resource)).toBe('mismatch');
  expect(problem(method, target, { ...headers, 'x-amz-acl': 'public-read' }, before(expires), resource)).toBe('mismatch');
  expect(problem(method, `${target}&acl`, headers, before(expires), resource)).toBe('mismatch');
  expect(problem(method, target.replace('Expires=1', 'Expires=2'), headers, before(expires), resource)).toBe('mismatch');
  expect(problem(method, target, headers, before(expires), '/other')).toBe('mismatch');
});
