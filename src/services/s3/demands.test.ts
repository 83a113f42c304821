import { readdirSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { OperationWorld } from '../../../test/fakes/operation-world.ts';
import { Bucket, Key, s3Demands } from '../../../test/fixtures/s3-demands.ts';
import type { Operation } from '../operation.ts';
import { s3 } from './registry.ts';

let world: OperationWorld;

beforeEach(() => {
  world = new OperationWorld('us-east-1');
  world.run(s3.CreateBucket, { Bucket });
  world.run(s3.PutObject, { Bucket, Key }, world.receive('x'));
  world.run(s3.PutObject, { Bucket, Key: 'tagged', Tagging: 'team=x' }, world.receive('x'));
});

/** Each key is judged by itself, in the answer. */
const judgedByKey = ['DeleteObjects'];

describe('every operation', () => {
  it('has a file, and a case here', () => {
    const kebab = Object.keys(s3).map((name) => `${name.replaceAll(/(?!^)([A-Z])/g, '-$1').toLowerCase()}.ts`);
    expect(kebab.sort()).toEqual(readdirSync(new URL('operations', import.meta.url)).sort());
    expect([...new Set(s3Demands.map(([name]) => name)), ...judgedByKey].sort()).toEqual(Object.keys(s3).sort());
  });

  it.each(s3Demands.map(([name, more, ...expected]) => ({ name, more, expected })))('$name $more needs $expected', ({ name, more, expected }) => {
    const operation = s3[name] as Operation<object, object, unknown>;
    const input = { Bucket, ...more };
    expect(world.demands(operation, input).map(({ action, resource }) => [action, resource])).toEqual(expected);
    for (const [action] of expected) {
      world.refused.clear();
      world.refused.add(action);
      expect(world.refusal(operation, input, world.receive('x'))).toMatch(/^AccessDenied 403: not authorized to perform: /);
    }
  });
});

it('condition keys of listings are those of the request', () => {
  expect(world.demands(s3.ListObjectsV2, { Bucket, Prefix: 'a/', Delimiter: '/', MaxKeys: 5 })[0]?.context).toEqual({
    's3:prefix': ['a/'],
    's3:delimiter': ['/'],
    's3:max-keys': ['5'],
    's3:ResourceAccount': ['111122223333'],
  });
  expect(world.demands(s3.ListObjects, { Bucket })[0]?.context).toEqual({ 's3:ResourceAccount': ['111122223333'] });
});

it('condition keys of writes are those of the request', () => {
  const input = { Bucket, Key, ACL: 'private' as const, ServerSideEncryption: 'AES256' as const, Tagging: 'a=1' };
  expect(world.demands(s3.PutObject, input)[0]?.context).toEqual({
    's3:x-amz-acl': ['private'],
    's3:x-amz-server-side-encryption': ['AES256'],
    's3:RequestObjectTag/a': ['1'],
    's3:RequestObjectTagKeys': ['a'],
    's3:ResourceAccount': ['111122223333'],
  });
});
