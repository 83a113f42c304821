import { beforeEach, describe, expect, it } from 'vitest';
import { OperationWorld } from '../../../test/fakes/operation-world.ts';
import { s3 } from './registry.ts';

let world: OperationWorld;
const Bucket = 'data-bucket';
const put = (...Rules: object[]) => ({ Bucket, LifecycleConfiguration: { Rules } }) as never;
const rule = { ID: 'r', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 3 } };

beforeEach(() => {
  world = new OperationWorld('us-east-1');
  world.run(s3.CreateBucket, { Bucket });
});

it('comes back as it was put, and goes', () => {
  const rules = [
    rule,
    { ID: 'old form', Status: 'Disabled', Prefix: '', Expiration: { Date: new Date('2030-01-01T00:00:00.000Z') } },
    { ID: 'all', Status: 'Enabled', Filter: {}, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
    {
      ID: 'both',
      Status: 'Enabled',
      Filter: { And: { Prefix: 'a/', Tags: [{ Key: 'k', Value: 'v' }], ObjectSizeGreaterThan: 1, ObjectSizeLessThan: 5 } },
      NoncurrentVersionExpiration: { NoncurrentDays: 2, NewerNoncurrentVersions: 3 },
    },
    { ID: 'tag', Status: 'Enabled', Filter: { Tag: { Key: 'k', Value: 'v' } }, Expiration: { Days: 1 } },
    { ID: 'markers', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { ExpiredObjectDeleteMarker: true } },
  ];
  expect(world.refusal(s3.GetBucketLifecycleConfiguration, { Bucket })).toMatch(/^NoSuchLifecycleConfiguration 404/);
  world.run(s3.PutBucketLifecycleConfiguration, put(...rules));
  expect(world.woken).toContain('lifecycle');
  expect(world.run(s3.GetBucketLifecycleConfiguration, { Bucket })).toEqual({
    Rules: rules,
    TransitionDefaultMinimumObjectSize: 'all_storage_classes_128K',
  });
  world.run(s3.DeleteBucketLifecycle, { Bucket });
  expect(world.refusal(s3.GetBucketLifecycleConfiguration, { Bucket })).toMatch(/^NoSuchLifecycleConfiguration 404/);
});

it('names rules that have no name', () => {
  const { ID: _, ...nameless } = rule;
  world.run(s3.PutBucketLifecycleConfiguration, put(nameless, nameless));
  const ids = world.run(s3.GetBucketLifecycleConfiguration, { Bucket }).Rules?.map(({ ID }) => ID);
  expect(new Set(ids).size).toBe(2);
  expect(ids?.every((id) => id !== undefined && id !== '')).toBe(true);
});

const transition = { Days: 30, StorageClass: 'GLACIER' };
const many = Array.from({ length: 1_001 }, (_, index) => ({ ...rule, ID: `r${index}` }));
const malformed = /^MalformedXML 400/;

it.each<[string, object[], RegExp]>([
  ['no rule', [], malformed],
  ['1,001 rules', many, malformed],
  ['a long name', [{ ...rule, ID: 'x'.repeat(256) }], /^InvalidArgument 400: ID length should not exceed allowed limit of 255$/],
  ['a name twice', [rule, rule], /^InvalidArgument 400: Rule ID must be unique\. Found same ID for more than one rule$/],
  ['no action', [{ ...rule, Expiration: undefined }], /^InvalidRequest 400: At least one action needs to be specified in a rule$/],
  ['another status', [{ ...rule, Status: 'On' }], malformed],
  ['no scope', [{ ...rule, Filter: undefined }], malformed],
  ['two scopes', [{ ...rule, Prefix: '' }], malformed],
  ['a filter of two', [{ ...rule, Filter: { Prefix: 'a', ObjectSizeLessThan: 5 } }], malformed],
  ['And of one', [{ ...rule, Filter: { And: { Prefix: 'a' } } }], malformed],
  ['sizes that exclude all', [{ ...rule, Filter: { And: { ObjectSizeGreaterThan: 5, ObjectSizeLessThan: 5 } } }], /^InvalidRequest 400/],
  [
    'a tag twice',
    [
      {
        ...rule,
        Filter: {
          And: {
            Tags: [
              { Key: 'k', Value: '1' },
              { Key: 'k', Value: '2' },
            ],
          },
        },
      },
    ],
    /^InvalidRequest 400: Duplicate Tag Keys are not allowed\.$/,
  ],
  ['nothing of expiration', [{ ...rule, Expiration: {} }], malformed],
  ['two of expiration', [{ ...rule, Expiration: { Days: 1, ExpiredObjectDeleteMarker: true } }], malformed],
  ['no days', [{ ...rule, Expiration: { Days: 0 } }], /^InvalidArgument 400: 'Days' for Expiration action must be a positive integer$/],
  [
    'a time of day',
    [{ ...rule, Expiration: { Date: new Date('2030-01-01T01:00:00.000Z') } }],
    /^InvalidArgument 400: 'Date' must be at midnight GMT$/,
  ],
  ['no noncurrent days', [{ ...rule, NoncurrentVersionExpiration: { NewerNoncurrentVersions: 1 } }], malformed],
  ['0 noncurrent days', [{ ...rule, NoncurrentVersionExpiration: { NoncurrentDays: 0 } }], /^InvalidArgument 400: 'NoncurrentDays' for/],
  ['101 versions', [{ ...rule, NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 101 } }], /^InvalidArgument 400/],
  [
    'no days of uploads',
    [{ ...rule, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 0 } }],
    /^InvalidArgument 400: 'DaysAfterInitiation' for/,
  ],
  [
    'tags of uploads',
    [{ ...rule, Filter: { Tag: { Key: 'k', Value: 'v' } }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }],
    /^InvalidRequest 400: AbortIncompleteMultipartUpload cannot be specified with Tags\.$/,
  ],
  [
    'tags of markers',
    [{ ...rule, Filter: { Tag: { Key: 'k', Value: 'v' } }, Expiration: { ExpiredObjectDeleteMarker: true } }],
    /^InvalidRequest 400: ExpiredObjectDeleteMarker cannot be specified with Tags\.$/,
  ],
  ['transitions', [{ ...rule, Transitions: [transition] }], /^NotImplemented 501: .*: Transitions of a lifecycle rule$/],
  ['transitions of old', [{ ...rule, NoncurrentVersionTransitions: [transition] }], /^NotImplemented 501: .*: NoncurrentVersionTransitions/],
])('is refused with %s', (_, rules, message) => {
  world.run(s3.PutBucketLifecycleConfiguration, put(rule));
  expect(world.refusal(s3.PutBucketLifecycleConfiguration, put(...rules))).toMatch(message);
  expect(world.run(s3.GetBucketLifecycleConfiguration, { Bucket }).Rules).toEqual([rule]);
});

describe('answers about an object', () => {
  const expiration = 'expiry-date="Wed, 25 Nov 2026 00:00:00 GMT", rule-id="r%20%2F1"';

  it('say when it goes, and by which rule', () => {
    world.run(s3.PutBucketLifecycleConfiguration, put({ ...rule, ID: 'r /1' }));
    const Key = 'logs/a';
    expect(world.run(s3.PutObject, { Bucket, Key }, world.receive('x'))).toMatchObject({ Expiration: expiration });
    expect(world.run(s3.GetObject, { Bucket, Key })).toMatchObject({ Expiration: expiration });
    expect(world.run(s3.HeadObject, { Bucket, Key })).toMatchObject({ Expiration: expiration });
    const copied = world.run(s3.CopyObject, { Bucket, Key: 'logs/b', CopySource: `${Bucket}/${Key}` });
    expect(copied).toMatchObject({ Expiration: expiration });
  });

  it('say nothing when no rule is about it', () => {
    world.run(s3.PutBucketLifecycleConfiguration, put({ ...rule, Status: 'Disabled' }));
    expect(world.run(s3.PutObject, { Bucket, Key: 'logs/a' }, world.receive('x'))).not.toHaveProperty('Expiration');
    expect(world.run(s3.HeadObject, { Bucket, Key: 'logs/a' })).not.toHaveProperty('Expiration');
  });
});
