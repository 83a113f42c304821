import { beforeEach, describe, expect, it } from 'vitest';
import { OperationWorld } from '../../../test/fakes/operation-world.ts';
import { s3 } from './registry.ts';

let world: OperationWorld;
const Bucket = 'data-bucket';

beforeEach(() => {
  world = new OperationWorld('us-east-1');
  world.run(s3.CreateBucket, { Bucket });
  for (const Key of ['a', 'd/1', 'd/2', 'e/f/g', 'z z', 'é+']) world.run(s3.PutObject, { Bucket, Key }, world.receive(Key));
});

describe('ListObjectsV2', () => {
  const list = (more: object = {}) => world.run(s3.ListObjectsV2, { Bucket, ...more });

  it('lists keys in byte order', () => {
    const listing = list();
    expect(listing).toMatchObject({ Name: Bucket, Prefix: '', MaxKeys: 1_000, KeyCount: 6, IsTruncated: false, CommonPrefixes: [] });
    expect(listing.Contents?.map(({ Key }) => Key)).toEqual(['a', 'd/1', 'd/2', 'e/f/g', 'z z', 'é+']);
    expect(listing.Contents?.[0]).toEqual({
      Key: 'a',
      LastModified: world.clock.now(),
      ETag: '"0cc175b9c0f1b6a831c399e269772661"',
      ChecksumAlgorithm: ['CRC32'],
      ChecksumType: 'FULL_OBJECT',
      Size: 1,
      StorageClass: 'STANDARD',
    });
  });

  it('groups by delimiter and goes on from its token', () => {
    const first = list({ Delimiter: '/', MaxKeys: 2 });
    expect(first).toMatchObject({ KeyCount: 2, IsTruncated: true, CommonPrefixes: [{ Prefix: 'd/' }] });
    const second = list({ Delimiter: '/', MaxKeys: 2, ContinuationToken: first.NextContinuationToken });
    expect(second).toMatchObject({ KeyCount: 2, IsTruncated: true, CommonPrefixes: [{ Prefix: 'e/' }], Contents: [{ Key: 'z z' }] });
    const third = list({ Delimiter: '/', MaxKeys: 2, ContinuationToken: second.NextContinuationToken });
    expect(third).toMatchObject({ KeyCount: 1, IsTruncated: false, Contents: [{ Key: 'é+' }] });
    expect(third).not.toHaveProperty('NextContinuationToken');
  });

  it('starts after a key, within a prefix, with owners when asked', () => {
    const listing = list({ Prefix: 'd/', StartAfter: 'd/1', FetchOwner: true });
    expect(listing).toMatchObject({
      StartAfter: 'd/1',
      Contents: [{ Key: 'd/2', Owner: { ID: expect.stringMatching(/^[0-9a-f]{64}$/) as string } }],
    });
  });

  it('encodes keys for XML when asked', () => {
    const listing = list({ EncodingType: 'url', StartAfter: 'e/f/g' });
    expect(listing).toMatchObject({ EncodingType: 'url', StartAfter: 'e/f/g', Contents: [{ Key: 'z+z' }, { Key: '%C3%A9%2B' }] });
  });

  it('answers nothing to MaxKeys 0, at most 1000 to more, and refuses less', () => {
    expect(list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false, Contents: [] });
    expect(list({ MaxKeys: 5_000 })).toMatchObject({ MaxKeys: 1_000 });
    expect(world.refusal(s3.ListObjectsV2, { Bucket, MaxKeys: -1 })).toBe(
      'InvalidArgument 400: Argument maxKeys must be an integer between 0 and 2147483647',
    );
  });

  it('counts keys and groups together, and a marker within a group is behind all of it', () => {
    const page = list({ Delimiter: '/', MaxKeys: 3 });
    expect(page).toMatchObject({ KeyCount: 3, IsTruncated: true, Contents: [{ Key: 'a' }], CommonPrefixes: [{ Prefix: 'd/' }, { Prefix: 'e/' }] });
    expect(list({ Delimiter: '/', StartAfter: 'd/1' }).CommonPrefixes).toEqual([{ Prefix: 'e/' }]);
    expect(list({ Delimiter: '/f', Prefix: 'e' }).CommonPrefixes).toEqual([{ Prefix: 'e/f' }]);
    expect(list({ Delimiter: '/', Prefix: 'd/' })).toMatchObject({ KeyCount: 2, Prefix: 'd/', CommonPrefixes: [] });
    expect(list({ Delimiter: '/', EncodingType: 'url', Prefix: 'é' })).toMatchObject({ Prefix: '%C3%A9', Delimiter: '/' });
    expect(world.refusal(s3.ListObjectsV2, { Bucket, EncodingType: 'base64' as 'url' })).toMatch(/^InvalidArgument 400: Invalid Encoding Method/);
  });

  it('goes on from its token where keys have come and gone', () => {
    const first = list({ MaxKeys: 2 });
    world.run(s3.DeleteObject, { Bucket, Key: 'd/1' });
    world.run(s3.PutObject, { Bucket, Key: 'd/1a' }, world.receive('new'));
    const rest = list({ ContinuationToken: first.NextContinuationToken, StartAfter: 'z' });
    expect(rest.Contents?.map(({ Key }) => Key)).toEqual(['d/1a', 'd/2', 'e/f/g', 'z z', 'é+']);
  });

  it('refuses a token it did not give', () => {
    for (const ContinuationToken of ['?', 'bm8', Buffer.from('{"key":1}').toString('base64url')]) {
      expect(world.refusal(s3.ListObjectsV2, { Bucket, ContinuationToken })).toBe(
        'InvalidArgument 400: The continuation token provided is incorrect',
      );
    }
  });
});

describe('ListObjects', () => {
  it('goes on from a marker, which it names only with a delimiter', () => {
    const first = world.run(s3.ListObjects, { Bucket, Delimiter: '/', MaxKeys: 2 });
    expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'd/', Contents: [{ Key: 'a' }], CommonPrefixes: [{ Prefix: 'd/' }] });
    const second = world.run(s3.ListObjects, { Bucket, Delimiter: '/', Marker: first.NextMarker });
    expect(second).toMatchObject({ Marker: 'd/', IsTruncated: false, CommonPrefixes: [{ Prefix: 'e/' }] });
    const plain = world.run(s3.ListObjects, { Bucket, MaxKeys: 1 });
    expect(plain).toMatchObject({ IsTruncated: true, Marker: '' });
    expect(plain).not.toHaveProperty('NextMarker');
  });
});
