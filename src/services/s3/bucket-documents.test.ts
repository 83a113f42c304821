import { beforeEach, describe, expect, it } from 'vitest';
import { OperationWorld } from '../../../test/fakes/operation-world.ts';
import type { Operation } from '../operation.ts';
import { s3 } from './registry.ts';

let world: OperationWorld;
const Bucket = 'data-bucket';

beforeEach(() => {
  world = new OperationWorld('us-east-1');
  world.run(s3.CreateBucket, { Bucket });
});

/** The seed's sample: only through one endpoint. */
const statement = {
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 's3:GetObject',
  Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
  Condition: { StringNotEquals: { 'aws:SourceVpce': ['vpce-01234567890123456'] } },
};
const policyOf = (...statements: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements });

describe('a bucket policy', () => {
  it('comes back as it was put', () => {
    expect(world.refusal(s3.GetBucketPolicy, { Bucket })).toBe('NoSuchBucketPolicy 404: The bucket policy does not exist');
    const Policy = `${policyOf(statement)} \n`;
    world.run(s3.PutBucketPolicy, { Bucket, Policy });
    expect(world.run(s3.GetBucketPolicy, { Bucket })).toEqual({ Policy });
    world.run(s3.DeleteBucketPolicy, { Bucket });
    expect(world.refusal(s3.GetBucketPolicy, { Bucket })).toMatch(/^NoSuchBucketPolicy/);
  });

  it('is judged with every request to the bucket and its keys', () => {
    const Policy = policyOf(statement);
    world.run(s3.PutBucketPolicy, { Bucket, Policy });
    expect(world.demands(s3.GetObject, { Bucket, Key: 'k' })).toMatchObject([{ resourcePolicy: Policy, resourceOwner: '111122223333' }]);
    expect(world.demands(s3.ListObjectsV2, { Bucket })).toMatchObject([{ resourcePolicy: Policy }]);
    expect(world.demands(s3.GetObject, { Bucket: 'nowhere', Key: 'k' })[0]).not.toHaveProperty('resourcePolicy');
  });

  it.each([
    ['not JSON', /first byte must be '\{'/],
    ['{', /invalid Json/],
    [JSON.stringify({ Version: '2012-10-17' }), /must contain statements/],
    [policyOf({ ...statement, Effect: undefined }), /Missing required field Effect/],
    [policyOf({ ...statement, Principal: undefined }), /Principal/],
    [policyOf({ ...statement, Condition: { StringEqual: { 'aws:SourceVpce': 'x' } } }), /Condition/],
    [policyOf({ ...statement, Action: 'ec2:RunInstances' }), /Policy has invalid action/],
    [policyOf({ ...statement, Resource: '*' }), /Policy has invalid resource/],
    [policyOf({ ...statement, Resource: `arn:aws:s3:::${Bucket}-2/*` }), /Policy has invalid resource/],
  ])('is refused when it is wrong: %#', (Policy, message) => {
    const refusal = world.refusal(s3.PutBucketPolicy, { Bucket, Policy });
    expect(refusal).toMatch(/^MalformedPolicy 400: /);
    expect(refusal).toMatch(message);
    expect(world.refusal(s3.GetBucketPolicy, { Bucket })).toMatch(/^NoSuchBucketPolicy/);
  });
});

describe('tags', () => {
  const TagSet = [{ Key: 'team', Value: 'x' }];

  it('of a bucket', () => {
    expect(world.refusal(s3.GetBucketTagging, { Bucket })).toBe('NoSuchTagSet 404: The TagSet does not exist');
    world.run(s3.PutBucketTagging, { Bucket, Tagging: { TagSet } });
    expect(world.run(s3.GetBucketTagging, { Bucket })).toEqual({ TagSet });
    world.run(s3.DeleteBucketTagging, { Bucket });
    expect(world.refusal(s3.GetBucketTagging, { Bucket })).toMatch(/^NoSuchTagSet/);
  });

  it('of an object, and as condition keys', () => {
    world.run(s3.PutObject, { Bucket, Key: 'k', Tagging: 'a=1&b=two%20words' }, world.receive('x'));
    expect(world.run(s3.GetObjectTagging, { Bucket, Key: 'k' })).toEqual({
      TagSet: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: 'two words' },
      ],
    });
    world.run(s3.PutObjectTagging, { Bucket, Key: 'k', Tagging: { TagSet } });
    expect(world.demands(s3.GetObject, { Bucket, Key: 'k' })).toMatchObject([{ context: { 's3:ExistingObjectTag/team': ['x'] } }]);
    world.run(s3.DeleteObjectTagging, { Bucket, Key: 'k' });
    expect(world.run(s3.GetObjectTagging, { Bucket, Key: 'k' })).toEqual({ TagSet: [] });
    expect(world.refusal(s3.PutObjectTagging, { Bucket, Key: 'missing', Tagging: { TagSet } })).toMatch(/^NoSuchKey/);
  });

  it.each([
    [Array.from({ length: 11 }, (_, index) => ({ Key: `k${index}`, Value: '' })), 'BadRequest 400: Object tags cannot be greater than 10'],
    [[...TagSet, ...TagSet], 'InvalidTag 400: Cannot provide multiple Tags with the same key'],
    [[{ Key: '', Value: '' }], 'InvalidTag 400: The TagKey you have provided is invalid'],
    [[{ Key: 'k;', Value: '' }], 'InvalidTag 400: The TagKey you have provided is invalid'],
    [[{ Key: 'k', Value: 'a&b' }], 'InvalidTag 400: The TagValue you have provided is invalid'],
    [[{ Key: 'k', Value: 'x'.repeat(257) }], 'InvalidTag 400: The TagValue you have provided is invalid'],
    [[{ Key: 'aws:k', Value: '' }], 'InvalidTag 400: System tags cannot be added/updated by requester'],
  ])('are refused when they are wrong: %#', (wrong, message) => {
    world.run(s3.PutObject, { Bucket, Key: 'k' }, world.receive('x'));
    expect(world.refusal(s3.PutObjectTagging, { Bucket, Key: 'k', Tagging: { TagSet: wrong } })).toBe(message);
  });

  it('may be named like members that every object has', () => {
    world.run(s3.PutBucketTagging, { Bucket, Tagging: { TagSet: [{ Key: 'constructor', Value: 'x' }] } });
    expect(world.run(s3.GetBucketTagging, { Bucket })).toEqual({ TagSet: [{ Key: 'constructor', Value: 'x' }] });
  });
});

type Read = Operation<{ readonly Bucket: string }, object>;

describe('what a bucket does not have', () => {
  it.each([
    ['GetBucketCors', 'NoSuchCORSConfiguration'],
    ['GetBucketLifecycleConfiguration', 'NoSuchLifecycleConfiguration'],
    ['GetBucketReplication', 'ReplicationConfigurationNotFoundError'],
    ['GetBucketWebsite', 'NoSuchWebsiteConfiguration'],
    ['GetObjectLockConfiguration', 'ObjectLockConfigurationNotFoundError'],
  ] as const)('%s says %s', (name, code) => {
    expect(world.refusal(s3[name] as Read, { Bucket })).toMatch(new RegExp(`^${code} 404: `));
  });

  it.each(['GetBucketVersioning', 'GetBucketLogging', 'GetBucketAccelerateConfiguration', 'GetBucketNotificationConfiguration'] as const)(
    '%s answers nothing',
    (name) => {
      expect(world.run(s3[name] as Read, { Bucket })).toEqual({});
      expect(world.refusal(s3[name] as Read, { Bucket: 'nowhere' })).toMatch(/^NoSuchBucket/);
    },
  );

  it('is nobody but the owner in its access control list', () => {
    const full = world.run(s3.GetBucketAcl, { Bucket });
    expect(full).toMatchObject({ Grants: [{ Permission: 'FULL_CONTROL', Grantee: { ID: full.Owner?.ID, Type: 'CanonicalUser' } }] });
    world.run(s3.PutObject, { Bucket, Key: 'k' }, world.receive('x'));
    expect(world.run(s3.GetObjectAcl, { Bucket, Key: 'k' })).toEqual(full);
  });
});
