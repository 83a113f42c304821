import { beforeEach, expect, it } from 'vitest';
import { OperationWorld } from '../../test/fakes/operation-world.ts';
import { s3 } from '../services/s3/registry.ts';
import { seededRandom } from '../stdx/random.ts';
import { LifecycleReconciler } from './lifecycle.ts';

const dayMs = 24 * 60 * 60_000;
const Bucket = 'data-bucket';
let world: OperationWorld;
let lifecycle: LifecycleReconciler;

// It is 10 o'clock.
beforeEach(() => {
  world = new OperationWorld('us-east-1');
  lifecycle = new LifecycleReconciler({ store: world.store, clock: world.clock, random: seededRandom(3) });
  world.run(s3.CreateBucket, { Bucket });
});

const write = (Key: string, more: object = {}): object => world.run(s3.PutObject, { Bucket, Key, ...more }, world.receive('x'));
const rules = (...given: object[]): object => {
  const Rules = given.map((rule, index) => ({ ID: `r${index}`, Status: 'Enabled', Filter: {}, ...rule }));
  return world.run(s3.PutBucketLifecycleConfiguration, { Bucket, LifecycleConfiguration: { Rules } } as never);
};
const keys = (): (string | undefined)[] | undefined => world.run(s3.ListObjectsV2, { Bucket }).Contents?.map(({ Key }) => Key);
const run = async (): Promise<number> => (await lifecycle.activate(new AbortController().signal)).changed;
const nextDay = (): void => world.clock.advance(dayMs);
const versions = (): string[] => {
  const { Versions = [], DeleteMarkers = [] } = world.run(s3.ListObjectVersions, { Bucket });
  return [
    ...Versions.map(({ Key, IsLatest }) => `${Key} ${IsLatest}`),
    ...DeleteMarkers.map(({ Key, IsLatest }) => `marker ${Key} ${IsLatest}`),
  ].sort();
};

it('removes objects at the midnight after their days, by prefix, tag and size, and nothing else', async () => {
  write('logs/a');
  write('logs/tagged', { Tagging: 'keep=no' });
  write('data/a');
  write('data/tagged', { Tagging: 'keep=no' });
  rules({ Filter: { Prefix: 'logs/' }, Expiration: { Days: 2 } }, { Filter: { Tag: { Key: 'keep', Value: 'no' } }, Expiration: { Days: 1 } });
  expect(await run()).toBe(0);
  nextDay();
  expect(await run()).toBe(0);
  nextDay();
  expect(await run()).toBe(2);
  expect(keys()).toEqual(['data/a', 'logs/a']);
  nextDay();
  expect(await run()).toBe(1);
  expect(keys()).toEqual(['data/a']);
  rules({ Filter: { ObjectSizeGreaterThan: 1 }, Expiration: { Days: 1 } });
  expect(await run()).toBe(0);
  rules({ Filter: { ObjectSizeLessThan: 2 }, Expiration: { Days: 1 } });
  expect(await run()).toBe(1);
  expect(keys()).toEqual([]);
  expect(world.store.s3.blobs.listDropped(new Date('2030-01-01'), 10)).toHaveLength(4);
});

it('removes what a day ends at once, and what comes later with the next day', async () => {
  write('a');
  rules({ Expiration: { Date: new Date('2026-11-22T00:00:00.000Z') } });
  expect(await run()).toBe(0);
  nextDay();
  expect(await run()).toBe(1);
  write('b');
  expect(await run()).toBe(0);
  nextDay();
  expect(await run()).toBe(1);
  expect(keys()).toEqual([]);
});

it('does nothing for a rule that is off, or was taken away, or when it has to stop', async () => {
  write('a');
  rules({ Status: 'Disabled', Expiration: { Days: 1 } });
  world.clock.advance(9 * dayMs);
  expect(await run()).toBe(0);
  rules({ Expiration: { Days: 1 } });
  expect(await lifecycle.activate(AbortSignal.abort())).toEqual({ changed: 0, failures: [] });
  world.run(s3.DeleteBucketLifecycle, { Bucket });
  expect(await run()).toBe(0);
  rules({ Expiration: { Days: 1 } });
  expect(await run()).toBe(1);
});

it('puts delete markers where versions are kept, removes old versions, and then the markers', async () => {
  world.run(s3.PutBucketVersioning, { Bucket, VersioningConfiguration: { Status: 'Enabled' } });
  for (const key of ['a', 'a', 'b']) write(key);
  rules({ Expiration: { Days: 1 } });
  nextDay();
  nextDay();
  expect(await run()).toBe(2);
  expect(versions()).toEqual(['a false', 'a false', 'b false', 'marker a true', 'marker b true']);
  expect(keys()).toEqual([]);
  rules({ NoncurrentVersionExpiration: { NoncurrentDays: 1 } }, { Expiration: { ExpiredObjectDeleteMarker: true } });
  // The older version of `a` was replaced two days ago.
  expect(await run()).toBe(1);
  nextDay();
  expect(await run()).toBe(0);
  nextDay();
  expect(await run()).toBe(4);
  expect(versions()).toEqual([]);
});

it('keeps as many older versions as it is told, over pages', async () => {
  world.run(s3.PutBucketVersioning, { Bucket, VersioningConfiguration: { Status: 'Enabled' } });
  for (let count = 0; count < 450; count++) write('a');
  for (let count = 0; count < 3; count++) write('b');
  rules({ NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 5 } });
  nextDay();
  nextDay();
  expect(await run()).toBe(450 - 6);
  expect(versions()).toEqual([...Array.from({ length: 5 }, () => 'a false'), 'a true', 'b false', 'b false', 'b true']);
});

it('puts a marker in the place of what is there where versions are kept no longer', async () => {
  write('a');
  world.run(s3.PutBucketVersioning, { Bucket, VersioningConfiguration: { Status: 'Enabled' } });
  world.run(s3.PutBucketVersioning, { Bucket, VersioningConfiguration: { Status: 'Suspended' } });
  rules({ Expiration: { Days: 1 } });
  nextDay();
  nextDay();
  expect(await run()).toBe(1);
  expect(versions()).toEqual(['marker a true']);
});

it('ends uploads that nobody finished', async () => {
  const { UploadId = '' } = world.run(s3.CreateMultipartUpload, { Bucket, Key: 'logs/big' });
  world.run(s3.UploadPart, { Bucket, Key: 'logs/big', UploadId, PartNumber: 1 }, world.receive('part'));
  world.run(s3.CreateMultipartUpload, { Bucket, Key: 'data/big' });
  rules({ Filter: { Prefix: 'logs/' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } });
  nextDay();
  expect(await run()).toBe(0);
  nextDay();
  expect(await run()).toBe(1);
  expect(world.run(s3.ListMultipartUploads, { Bucket }).Uploads?.map(({ Key }) => Key)).toEqual(['data/big']);
  expect(world.store.s3.blobs.listDropped(new Date('2030-01-01'), 10)).toHaveLength(1);
});
