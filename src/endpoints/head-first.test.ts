import { expect, it } from 'vitest';
import { goesHeadFirst } from './head-first.ts';

const signed = (service: string): [string, string] => [
  'authorization',
  `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`,
];

it.each<[string, string, string, [string, string][], boolean]>([
  ['a signed S3 upload', 'PUT', '/bucket/key', [signed('s3')], true],
  ['an anonymous S3 request', 'GET', '/bucket/key', [], true],
  ['a presigned S3 upload', 'PUT', '/bucket/key?X-Amz-Signature=0', [], true],
  ['an S3 request with the old signature', 'PUT', '/bucket/key', [['authorization', 'AWS AKIAIOSFODNN7EXAMPLE:c2ln']], true],
  ['a broken credential', 'PUT', '/bucket/key', [['authorization', 'AWS4-HMAC-SHA256 Credential=AKIA']], true],
  ['an S3 upload of a form', 'PUT', '/bucket/key', [['content-type', 'application/x-www-form-urlencoded']], true],
  ['a JSON API', 'POST', '/', [['x-amz-target', 'SageMaker.ListTrainingJobs'], signed('sagemaker')], false],
  ['a JSON API, unsigned', 'POST', '/', [['x-amz-target', 'SageMaker.ListTrainingJobs']], false],
  ['a query API', 'POST', '/', [['content-type', 'application/x-www-form-urlencoded; charset=utf-8'], signed('ec2')], false],
  ['a query API, unsigned', 'POST', '/', [['content-type', 'application/x-www-form-urlencoded']], false],
  ['another service by its scope', 'GET', '/', [signed('sts')], false],
  ['an operator path', 'GET', '/_cloister/health', [], false],
  ['an object of a package repository', 'PUT', '/_cloister/repositories/repo/key', [signed('s3')], true],
])('on the host, %s', (_name, method, target, headers, first) => {
  expect(goesHeadFirst('by-request', { method, target, headers })).toBe(first);
});

it('follows the listener elsewhere, whatever the request says', () => {
  const odd = { method: 'POST', target: '/', headers: [['x-amz-target', 'SageMaker.ListTrainingJobs']] as [string, string][] };
  expect(goesHeadFirst('head-first', odd)).toBe(true);
  expect(goesHeadFirst('together', { method: 'PUT', target: '/bucket/key', headers: [signed('s3')] })).toBe(false);
});
