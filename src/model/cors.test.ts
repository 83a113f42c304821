import { expect, it } from 'vitest';
import { corsHeaders, type CorsRule } from './cors.ts';

const rule: CorsRule = {
  allowedOrigins: ['https://app.example.com', 'http://*.example.org'],
  allowedMethods: ['GET', 'PUT'],
  allowedHeaders: ['x-amz-*', 'Content-Type'],
  exposeHeaders: ['ETag', 'x-amz-version-id'],
  maxAgeSeconds: 3_000,
};
const request = { origin: 'https://app.example.com', method: 'GET', headers: [] };
const vary = 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method';

it('answers with what the rule says', () => {
  expect(corsHeaders([rule], { ...request, headers: ['X-Amz-Date', 'content-type'] })).toEqual({
    'access-control-allow-origin': 'https://app.example.com',
    'access-control-allow-methods': 'GET, PUT',
    'access-control-allow-headers': 'x-amz-date, content-type',
    'access-control-expose-headers': 'ETag, x-amz-version-id',
    'access-control-max-age': '3000',
    'access-control-allow-credentials': 'true',
    vary,
  });
});

it('answers any origin with a star, and without credentials', () => {
  const everybody = { allowedOrigins: ['*'], allowedMethods: ['GET'], allowedHeaders: [], exposeHeaders: [] };
  expect(corsHeaders([everybody], request)).toEqual({ 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET', vary });
});

it.each([
  [{ origin: 'http://a.example.org' }, true],
  [{ origin: 'http://.example.org' }, true],
  [{ origin: 'http://example.org' }, false],
  [{ origin: 'https://a.example.org' }, false],
  [{ origin: 'https://APP.example.com' }, false],
  [{ origin: 'https://app.example.com.evil' }, false],
  [{ method: 'PUT' }, true],
  [{ method: 'DELETE' }, false],
  [{ headers: ['X-AMZ-META-a'] }, true],
  [{ headers: ['authorization'] }, false],
  [{ headers: ['x-amz-date', 'authorization'] }, false],
])('%j is allowed: %s', (more, allowed) => {
  expect(corsHeaders([rule], { ...request, ...more }) !== undefined).toBe(allowed);
});

it('takes the first rule that allows it', () => {
  const other = { ...rule, allowedMethods: ['DELETE'], maxAgeSeconds: 1 };
  expect(corsHeaders([other, rule], request)?.['access-control-max-age']).toBe('3000');
  expect(corsHeaders([rule, other], { ...request, method: 'DELETE' })?.['access-control-max-age']).toBe('1');
});
