import { describe, expect, it } from 'vitest';
import { AwsError } from '../../aws/aws-error.ts';
import { expectExactly, type Need } from '../../../test/fixtures/exactly.ts';
import { iamWorld, region } from '../../../test/fixtures/iam-world.ts';
import { Bucket, bucket, Key, object, s3Demands } from '../../../test/fixtures/s3-demands.ts';
import type { ReceivedBlob } from '../../store/blobs/blob.ts';
import type { Operation } from '../operation.ts';
import { s3 } from './registry.ts';

/** How what policies allow ends, where it cannot end well: there is no such configuration here, and no access control list. */
const refusals: Partial<Record<keyof typeof s3, string>> = {
  DeleteBucketAnalyticsConfiguration: 'NoSuchConfiguration',
  DeleteBucketIntelligentTieringConfiguration: 'NoSuchConfiguration',
  DeleteBucketInventoryConfiguration: 'NoSuchConfiguration',
  DeleteBucketMetricsConfiguration: 'NoSuchConfiguration',
  GetBucketAnalyticsConfiguration: 'NoSuchConfiguration',
  GetBucketIntelligentTieringConfiguration: 'NoSuchConfiguration',
  GetBucketInventoryConfiguration: 'NoSuchConfiguration',
  GetBucketMetricsConfiguration: 'NoSuchConfiguration',
  GetBucketReplication: 'ReplicationConfigurationNotFoundError',
  GetBucketWebsite: 'NoSuchWebsiteConfiguration',
  GetObjectLockConfiguration: 'ObjectLockConfigurationNotFoundError',
  PutBucketAcl: 'AccessControlListNotSupported',
  PutObjectAcl: 'AccessControlListNotSupported',
};

/** What the buckets have that the operations read and delete. */
const configured: ReadonlySet<string> = new Set(['PutBucketCors', 'PutBucketLifecycleConfiguration', 'PutBucketPolicy', 'PutBucketTagging']);
const md5 = '9dd4e461268c8034f5c8564e155c67a6';
const location = { CreateBucketConfiguration: { LocationConstraint: region } };

function prepared() {
  const world = iamWorld();
  const received = (): ReceivedBlob => ({ blobId: world.random.hex(32), size: 1, md5, checksums: {} });
  const whole = ({ authorize, commit }: Operation<any, any, any>): Operation<any, any> => ({
    authorize,
    commit: (input, context) => commit(input, context, received()),
  });
  const make = (operation: Operation<any, any, any>, input: object): any => world.call(whole(operation), input);
  make(s3.CreateBucket, { Bucket, ...location });
  make(s3.PutObject, { Bucket, Key });
  make(s3.PutObject, { Bucket, Key: 'tagged', Tagging: 'team=x' });
  const { UploadId } = make(s3.CreateMultipartUpload, { Bucket, Key });
  const { ETag } = make(s3.UploadPart, { Bucket, Key, UploadId, PartNumber: 1 });
  const upload = { UploadId, PartNumber: 1, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } };
  for (const [name, more] of s3Demands) if (configured.has(name)) make(s3[name], { Bucket, ...more });
  const { buckets, objects, blobUses } = world.store.s3;
  const rows = (): unknown => [
    buckets.list(),
    objects.listVersions(Bucket, { prefix: '', limit: 100 }).rows.map(({ key, versionId }) => objects.findVersion(Bucket, key, versionId)),
    objects.listUploads(Bucket, { prefix: '', limit: 100 }).rows,
    [...blobUses.pages()],
  ];
  return { world, whole, make, upload, rows };
}

const cases = s3Demands.map(([name, more, ...needs]) => ({ name, more, needs }));

/** What the table leaves out, as it does not change what is needed. */
function rest(name: keyof typeof s3, more: object, upload: object): object {
  if (name === 'CreateBucket') return location;
  const ofUpload = ['AbortMultipartUpload', 'CompleteMultipartUpload', 'ListParts', 'UploadPart', 'UploadPartCopy'].includes(name);
  return { ...(ofUpload ? upload : {}), ...('IfMatch' in more ? { IfMatch: `"${md5}"` } : {}) };
}

describe('every operation is allowed by exactly its actions on exactly its resources, and denied without any one of them', () => {
  it.each(cases)('s3:$name $more', ({ name, more, needs }) => {
    const { world, whole, make, upload, rows } = prepared();
    if (name === 'CreateBucket' || name === 'DeleteBucket') for (const each of [Key, 'tagged']) make(s3.DeleteObject, { Bucket, Key: each });
    if (name === 'CreateBucket') make(s3.DeleteBucket, { Bucket });
    const { authorize, commit } = whole(s3[name]);
    let end = 'never';
    const operation: Operation<any, any> = {
      authorize,
      commit(input, context) {
        try {
          const output: unknown = commit(input, context, undefined);
          end = 'well';
          return output;
        } catch (error) {
          end = error instanceof AwsError ? error.code : String(error);
          throw error;
        }
      },
    };
    expectExactly({ world, operation, input: { Bucket, ...more, ...rest(name, more, upload) }, needs, rows });
    expect(end).toBe(refusals[name] ?? 'well');
  });

  it('is tested for every operation', () => {
    expect([...new Set(s3Demands.map(([name]) => name)), 'DeleteObjects'].toSorted()).toEqual(Object.keys(s3).toSorted());
  });

  const deletions: readonly (readonly [identifier: object, needs: readonly Need[]])[] = [
    [{ Key }, [['s3:DeleteObject', object]]],
    [{ Key, VersionId: 'null' }, [['s3:DeleteObjectVersion', object]]],
    [
      { Key, ETag: `"${md5}"` },
      [
        ['s3:DeleteObject', object],
        ['s3:GetObject', object],
      ],
    ],
  ];
  it.each(deletions)('s3:DeleteObjects judges each key by itself: %o needs %o', (identifier, needs) => {
    const { world, whole, rows } = prepared();
    const deleting = whole(s3.DeleteObjects);
    // The other key may be deleted, whatever becomes of this one.
    const both = [identifier, { Key: 'tagged' }];
    const callerWith = (name: string, allowed: readonly Need[]) =>
      world.sessionOf(
        world.makeRole(
          name,
          JSON.stringify({
            Version: '2012-10-17',
            Statement: [...allowed, ['s3:DeleteObject', `${bucket}/tagged`]].map(([Action, Resource]) => ({ Effect: 'Allow', Action, Resource })),
          }),
        ),
      );
    for (const [index, [action]] of needs.entries()) {
      const caller = callerWith(`Without${index}`, needs.toSpliced(index, 1));
      const before = rows();
      expect(world.call(deleting, { Bucket, Delete: { Objects: [identifier] } }, caller)).toEqual({
        Deleted: [],
        Errors: [expect.objectContaining({ Key, Code: 'AccessDenied', Message: expect.stringContaining(`is not authorized to perform: ${action}`) })],
      });
      expect(rows()).toEqual(before);
    }
    const answer = world.call(deleting, { Bucket, Delete: { Objects: both } }, callerWith('Exactly', needs));
    expect(answer).toMatchObject({ Deleted: [{ Key }, { Key: 'tagged' }] });
    expect(answer).not.toHaveProperty('Errors');
    expect(world.store.s3.objects.isEmpty(Bucket)).toBe(true);
  });
});
