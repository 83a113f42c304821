import { beforeEach, describe, expect, it } from 'vitest';
import { AwsError } from '../../aws/aws-error.ts';
import { OperationWorld } from '../../../test/fakes/operation-world.ts';
import { s3 } from './registry.ts';

let world: OperationWorld;
const Bucket = 'data-bucket';
const Key = 'k';

beforeEach(() => {
  world = new OperationWorld('us-east-1');
  world.run(s3.CreateBucket, { Bucket });
});

const versioning = (Status: 'Enabled' | 'Suspended') => world.run(s3.PutBucketVersioning, { Bucket, VersioningConfiguration: { Status } });
const put = (text: string, key = Key) => world.run(s3.PutObject, { Bucket, Key: key }, world.receive(text)).VersionId;
const remove = (VersionId?: string) => world.run(s3.DeleteObject, { Bucket, Key, ...(VersionId === undefined ? {} : { VersionId }) });
const text = (VersionId?: string) =>
  world.read(world.run(s3.GetObject, { Bucket, Key, ...(VersionId === undefined ? {} : { VersionId }) }).Body).toString();
const refusal = (VersionId?: string) => world.refusal(s3.GetObject, { Bucket, Key, ...(VersionId === undefined ? {} : { VersionId }) });
const listed = (more: object = {}) => world.run(s3.ListObjectVersions, { Bucket, ...more });
const keys = () => world.run(s3.ListObjectsV2, { Bucket }).Contents?.map((object) => object.Key);

function headersOf(input: { readonly VersionId?: string }): Readonly<Record<string, string>> {
  try {
    world.run(s3.HeadObject, { Bucket, Key, ...input });
  } catch (error) {
    if (error instanceof AwsError) return error.headers;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('the versioning of a bucket', () => {
  it('is nothing until it is turned on, and can then only be suspended', () => {
    expect(world.run(s3.GetBucketVersioning, { Bucket })).toEqual({});
    versioning('Enabled');
    expect(world.run(s3.GetBucketVersioning, { Bucket })).toEqual({ Status: 'Enabled' });
    versioning('Suspended');
    expect(world.run(s3.GetBucketVersioning, { Bucket })).toEqual({ Status: 'Suspended' });
  });

  it('never needs a device, and is always one of the two', () => {
    const set = (VersioningConfiguration: object) => world.refusal(s3.PutBucketVersioning, { Bucket, VersioningConfiguration });
    expect(set({ Status: 'Enabled', MFADelete: 'Enabled' })).toMatch(/^NotImplemented 501: .*MfaDelete/);
    expect(set({})).toBe('IllegalVersioningConfigurationException 400: The Versioning element must be specified');
    expect(world.run(s3.GetBucketVersioning, { Bucket })).toEqual({});
  });
});

describe('without versioning', () => {
  it('an object has the one version null, of which nobody is told', () => {
    expect(put('one')).toBeUndefined();
    put('two');
    expect(text('null')).toBe('two');
    expect(world.run(s3.HeadObject, { Bucket, Key })).not.toHaveProperty('VersionId');
    expect(listed().Versions).toMatchObject([{ Key, VersionId: 'null', IsLatest: true, Size: 3, StorageClass: 'STANDARD' }]);
    expect(remove()).toEqual({});
    expect(listed()).toMatchObject({ Versions: [], DeleteMarkers: [] });
  });

  it('a version is asked for by an id that could be one', () => {
    put('one');
    expect(refusal('nonsense')).toBe('InvalidArgument 400: Invalid version id specified');
    expect(refusal('x'.repeat(32))).toBe('NoSuchVersion 404: The specified version does not exist.');
    expect(world.refusal(s3.DeleteObject, { Bucket, Key, VersionId: 'nonsense' })).toBe('InvalidArgument 400: Invalid version id specified');
    expect(remove('x'.repeat(32))).toEqual({ VersionId: 'x'.repeat(32) });
    expect(text()).toBe('one');
  });
});

describe('with versioning', () => {
  beforeEach(() => {
    put('zero');
    versioning('Enabled');
  });

  it('every write is a version of its own, and what was there is the version null', () => {
    const [one, two] = [put('one'), put('two')];
    expect(new Set([one, two]).size).toBe(2);
    expect(one).toMatch(/^[.\w]{32}$/);
    expect([text(), text('null'), text(one), text(two)]).toEqual(['two', 'zero', 'one', 'two']);
    expect(world.run(s3.HeadObject, { Bucket, Key })).toMatchObject({ VersionId: two, ContentLength: 3 });
    expect(world.run(s3.HeadObject, { Bucket, Key, VersionId: 'null' })).toMatchObject({ VersionId: 'null', ContentLength: 4 });
    expect(listed().Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [two, true],
      [one, false],
      ['null', false],
    ]);
    expect(keys()).toEqual([Key]);
  });

  it('a deletion hides the object behind a delete marker, and its deletion brings it back', () => {
    const one = put('one');
    const { VersionId: marker, DeleteMarker } = remove();
    expect(DeleteMarker).toBe(true);
    expect(keys()).toEqual([]);
    expect(refusal()).toBe('NoSuchKey 404: The specified key does not exist.');
    expect(headersOf({})).toEqual({ 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker });
    expect(refusal(marker)).toBe('MethodNotAllowed 405: The specified method is not allowed against this resource.');
    expect(headersOf({ VersionId: marker ?? '' })).toEqual({
      allow: 'DELETE',
      'x-amz-delete-marker': 'true',
      'x-amz-version-id': marker,
      'last-modified': 'Sat, 21 Nov 2026 10:00:00 GMT',
    });
    expect(text(one)).toBe('one');
    expect(listed().DeleteMarkers).toMatchObject([{ Key, VersionId: marker, IsLatest: true }]);

    expect(remove(marker)).toEqual({ DeleteMarker: true, VersionId: marker });
    expect(text()).toBe('one');
    expect(remove(one)).toEqual({ VersionId: one });
    expect(text()).toBe('zero');
  });

  it('tells nobody who may not list whether there is a delete marker', () => {
    remove();
    world.refused.add('s3:ListBucket');
    expect(headersOf({})).toEqual({});
    expect(refusal()).toMatch(/^AccessDenied 403/);
    expect(refusal('x'.repeat(32))).toMatch(/^AccessDenied 403/);
  });

  it('a deletion of a key that was never there leaves a delete marker, too', () => {
    world.run(s3.DeleteObject, { Bucket, Key: 'never' });
    expect(listed({ Prefix: 'never' }).DeleteMarkers).toHaveLength(1);
    expect(world.refusal(s3.DeleteBucket, { Bucket })).toMatch(/^BucketNotEmpty 409/);
  });

  it('a bucket is empty when its last version and delete marker are gone', () => {
    remove();
    expect(world.refusal(s3.DeleteBucket, { Bucket })).toMatch(/^BucketNotEmpty 409/);
    const all = listed();
    for (const { VersionId } of [...(all.Versions ?? []), ...(all.DeleteMarkers ?? [])]) remove(VersionId);
    world.run(s3.DeleteBucket, { Bucket });
  });

  it('a version keeps its bytes until it is deleted', () => {
    const one = put('one');
    put('two');
    remove();
    world.clock.advance(1);
    expect(world.store.s3.blobs.listDropped(world.clock.now(), 10)).toEqual([]);
    remove(one);
    world.clock.advance(1);
    expect(world.store.s3.blobs.listDropped(world.clock.now(), 10)).toHaveLength(1);
  });

  it('tags are of one version', () => {
    const one = put('one');
    const two = put('two');
    const Tagging = { TagSet: [{ Key: 'team', Value: 'x' }] };
    expect(world.run(s3.PutObjectTagging, { Bucket, Key, VersionId: one ?? '', Tagging })).toEqual({ VersionId: one });
    expect(world.run(s3.GetObjectTagging, { Bucket, Key, VersionId: one ?? '' })).toEqual({ ...Tagging, VersionId: one });
    expect(world.run(s3.GetObjectTagging, { Bucket, Key })).toEqual({ TagSet: [], VersionId: two });
    expect(world.demands(s3.GetObject, { Bucket, Key, VersionId: one ?? '' })[0]?.context).toMatchObject({
      's3:VersionId': [one],
      's3:ExistingObjectTag/team': ['x'],
    });
    expect(world.demands(s3.GetObject, { Bucket, Key })[0]?.context).not.toHaveProperty('s3:ExistingObjectTag/team');
    expect(world.run(s3.DeleteObjectTagging, { Bucket, Key, VersionId: one ?? '' })).toEqual({ VersionId: one });
    expect(world.run(s3.GetObjectTagging, { Bucket, Key, VersionId: one ?? '' }).TagSet).toEqual([]);
    const { VersionId: marker } = remove();
    expect(world.refusal(s3.GetObjectTagging, { Bucket, Key, VersionId: marker ?? '' })).toMatch(/^MethodNotAllowed 405/);
  });

  it('a copy is made of a version, and says of which', () => {
    const one = put('one');
    const two = put('two');
    const copy = (CopySource: string) => world.run(s3.CopyObject, { Bucket, Key: 'to', CopySource });
    const made = copy(`${Bucket}/${Key}?versionId=${one}`);
    expect(made).toMatchObject({ CopySourceVersionId: one, VersionId: expect.stringMatching(/^[.\w]{32}$/) as string });
    expect(world.read(world.run(s3.GetObject, { Bucket, Key: 'to' }).Body).toString()).toBe('one');
    expect(copy(`${Bucket}/${Key}`).CopySourceVersionId).toBe(two);
    // An older version put back as the newest.
    world.run(s3.CopyObject, { Bucket, Key, CopySource: `${Bucket}/${Key}?versionId=null` });
    expect(text()).toBe('zero');
    const { VersionId: marker } = remove();
    const refused = (CopySource: string) => world.refusal(s3.CopyObject, { Bucket, Key: 'to', CopySource });
    expect(refused(`${Bucket}/${Key}`)).toMatch(/^NoSuchKey 404/);
    expect(refused(`${Bucket}/${Key}?versionId=${marker}`)).toMatch(/^InvalidRequest 400: The source of a copy request may not specifically refer/);
  });

  it('a multipart upload makes a version', () => {
    const upload = { Bucket, Key, UploadId: world.run(s3.CreateMultipartUpload, { Bucket, Key }).UploadId ?? '' };
    const { ETag } = world.run(s3.UploadPart, { ...upload, PartNumber: 1 }, world.receive('parts'));
    const complete = { ...upload, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } };
    const { VersionId } = world.run(s3.CompleteMultipartUpload, complete);
    expect(text(VersionId)).toBe('parts');
    expect(world.run(s3.CompleteMultipartUpload, complete).VersionId).toBe(VersionId);
    expect(text('null')).toBe('zero');
  });

  it('a condition is on what is current, which behind a delete marker is nothing', () => {
    put('one');
    const write = (conditions: object) => world.refusal(s3.PutObject, { Bucket, Key, ...conditions }, world.receive('new'));
    expect(write({ IfNoneMatch: '*' })).toMatch(/^PreconditionFailed 412/);
    remove();
    expect(write({ IfMatch: '"x"' })).toMatch(/^NoSuchKey 404/);
    world.run(s3.PutObject, { Bucket, Key, IfNoneMatch: '*' }, world.receive('new'));
    expect(text()).toBe('new');
  });

  it('many are deleted at once, each with its version or marker', () => {
    const one = put('one');
    const Objects = [{ Key: 'other' }, { Key, VersionId: one ?? '' }, { Key, VersionId: 'nonsense' }, { Key, VersionId: 'x'.repeat(32) }];
    const { Deleted, Errors } = world.run(s3.DeleteObjects, { Bucket, Delete: { Objects } });
    const marker = listed({ Prefix: 'other' }).DeleteMarkers?.[0]?.VersionId;
    expect(Deleted).toEqual([
      { Key: 'other', DeleteMarker: true, DeleteMarkerVersionId: marker },
      { Key, VersionId: one },
      { Key, VersionId: 'x'.repeat(32) },
    ]);
    expect(Errors).toEqual([{ Key, VersionId: 'nonsense', Code: 'NoSuchVersion', Message: 'The specified version does not exist.' }]);
    world.refused.add('s3:DeleteObjectVersion');
    const refused = world.run(s3.DeleteObjects, { Bucket, Delete: { Objects: [{ Key, VersionId: 'null' }] } });
    expect(refused.Errors).toMatchObject([{ Key, VersionId: 'null', Code: 'AccessDenied' }]);
    const removed = world.run(s3.DeleteObjects, { Bucket, Delete: { Objects: [{ Key: 'other', VersionId: marker ?? '' }] } });
    expect(removed).toMatchObject({ Errors: [{ Code: 'AccessDenied' }] });
  });
});

describe('with versioning suspended', () => {
  it('writes take the place of the version null and leave the others', () => {
    versioning('Enabled');
    const one = put('one');
    versioning('Suspended');
    expect(put('null one')).toBeUndefined();
    put('null two');
    expect([text(), text('null'), text(one)]).toEqual(['null two', 'null two', 'one']);
    expect(world.run(s3.HeadObject, { Bucket, Key })).toMatchObject({ VersionId: 'null' });
    expect(listed().Versions?.map(({ VersionId }) => VersionId)).toEqual(['null', one]);

    expect(remove()).toEqual({ DeleteMarker: true, VersionId: 'null' });
    expect(remove()).toEqual({ DeleteMarker: true, VersionId: 'null' });
    expect(listed()).toMatchObject({ DeleteMarkers: [{ VersionId: 'null', IsLatest: true }], Versions: [{ VersionId: one, IsLatest: false }] });
    expect(remove('null')).toEqual({ DeleteMarker: true, VersionId: 'null' });
    expect(text()).toBe('one');
  });

  it('and turned on again, the version null may be between others', () => {
    versioning('Enabled');
    const one = put('one');
    versioning('Suspended');
    put('null');
    versioning('Enabled');
    const three = put('three');
    expect(listed().Versions?.map(({ VersionId }) => VersionId)).toEqual([three, 'null', one]);
    remove(three);
    expect(text()).toBe('null');
  });
});

describe('ListObjectVersions', () => {
  beforeEach(() => {
    put('', 'a');
    versioning('Enabled');
    for (const key of ['a', 'a', 'b/1', 'b/2', 'c d']) put('', key);
    world.run(s3.DeleteObject, { Bucket, Key: 'a' });
  });

  const names = ({ Versions = [], DeleteMarkers = [] }: ReturnType<typeof listed>) => [...DeleteMarkers, ...Versions].map((row) => row.Key);

  it('goes on from each version to the next, whatever the size of a page', () => {
    const whole = listed();
    expect(names(whole)).toEqual(['a', 'a', 'a', 'a', 'b/1', 'b/2', 'c d']);
    for (const MaxKeys of [1, 2, 3]) {
      const seen: unknown[] = [];
      let page = listed({ MaxKeys });
      seen.push(...(page.DeleteMarkers ?? []), ...(page.Versions ?? []));
      while (page.IsTruncated === true) {
        page = listed({ MaxKeys, KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker });
        seen.push(...(page.DeleteMarkers ?? []), ...(page.Versions ?? []));
      }
      expect(seen).toEqual([...(whole.DeleteMarkers ?? []), ...(whole.Versions ?? [])]);
    }
  });

  it('goes on behind a version that was deleted meanwhile', () => {
    const page = listed({ MaxKeys: 2 });
    world.run(s3.DeleteObject, { Bucket, Key: 'a', VersionId: page.NextVersionIdMarker ?? '' });
    expect(names(listed({ KeyMarker: 'a', VersionIdMarker: page.NextVersionIdMarker }))).toEqual(['a', 'a', 'b/1', 'b/2', 'c d']);
  });

  it('goes on behind all of a key, and groups by delimiter', () => {
    expect(names(listed({ KeyMarker: 'a' }))).toEqual(['b/1', 'b/2', 'c d']);
    const page = listed({ Delimiter: '/', KeyMarker: 'a', MaxKeys: 1 });
    expect(page).toMatchObject({ CommonPrefixes: [{ Prefix: 'b/' }], IsTruncated: true, NextKeyMarker: 'b/' });
    expect(page).not.toHaveProperty('NextVersionIdMarker');
    expect(names(listed({ Delimiter: '/', KeyMarker: 'b/' }))).toEqual(['c d']);
    expect(names(listed({ EncodingType: 'url', Prefix: 'c' }))).toEqual(['c+d']);
  });

  it('refuses markers that make no sense', () => {
    const refused = (more: object) => world.refusal(s3.ListObjectVersions, { Bucket, ...more });
    expect(refused({ VersionIdMarker: 'null' })).toBe('InvalidArgument 400: A version-id marker cannot be specified without a key marker.');
    expect(refused({ KeyMarker: 'a', VersionIdMarker: '' })).toBe('InvalidArgument 400: A version-id marker cannot be empty.');
    expect(refused({ KeyMarker: 'a', VersionIdMarker: 'nonsense' })).toBe('InvalidArgument 400: Invalid version id specified');
  });
});
