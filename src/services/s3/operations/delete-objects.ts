import { AwsError } from '../../../aws/aws-error.ts';
import type { BucketRow } from '../../../store/s3.ts';
import { isVersionId } from '../../../store/s3-version-place.ts';
import type { OperationContext } from '../../operation.ts';
import { requireBucket } from '../bucket.ts';
import { objectDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import { refusalOf } from '../judge.ts';
import { checkDeleteCondition } from '../preconditions.ts';
import { remove, type Removal } from '../remove-object.ts';
import type { S3Input, S3Operation } from '../s3-operation.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { versionDemand } from '../versions.ts';

/** Keys of one request. */
const deletedKeysMax = 1_000;

type Identifier = S3Input<'DeleteObjects'>['Delete']['Objects'][number];

/** Throws why this key is not deleted. One that was not there is. */
function deleteKey(bucket: BucketRow, { Key, VersionId, ETag }: Identifier, context: OperationContext): Removal {
  const { bucketName: Bucket } = bucket;
  const demand = versionDemand({ Bucket, Key, VersionId }, context, 's3:DeleteObject', 's3:DeleteObjectVersion');
  const compares = ETag === undefined || ETag === '*' ? [] : [objectDemand(context, 's3:GetObject', Bucket, Key)];
  for (const each of [demand, ...compares]) {
    const refusal = refusalOf(each, context);
    if (refusal !== undefined) throw s3Errors.accessDenied(refusal);
  }
  if (VersionId !== undefined && !isVersionId(VersionId)) throw s3Errors.noSuchVersion();
  if (ETag !== undefined) checkDeleteCondition(ETag, context.store.s3.objects.findObject(Bucket, Key));
  return remove(bucket, Key, VersionId, context);
}

/** The element of a deleted key: the version it names, and the delete marker that was made or removed. */
function deletedOf({ Key, VersionId }: Identifier, { DeleteMarker, VersionId: removed }: Removal) {
  const named = VersionId === undefined ? {} : { VersionId };
  const marker = DeleteMarker === undefined ? {} : { DeleteMarker: true, DeleteMarkerVersionId: removed };
  return { Key, ...named, ...marker };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
export const deleteObjects: S3Operation<'DeleteObjects'> = {
  // Each key is judged by itself in `commit`: one that may not be deleted is an error in the answer, not of the request.
  authorize: () => [],

  commit(input, context) {
    const { Bucket, Delete } = input;
    refuseUnsupported(input);
    const bucket = requireBucket(context, Bucket, input.ExpectedBucketOwner);
    if (Delete.Objects.length === 0 || Delete.Objects.length > deletedKeysMax) throw s3Errors.malformedXml();
    const deleted: ReturnType<typeof deletedOf>[] = [];
    const errors: { Key: string; VersionId?: string; Code: string; Message: string }[] = [];
    for (const identifier of Delete.Objects) {
      try {
        deleted.push(deletedOf(identifier, deleteKey(bucket, identifier, context)));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        const { Key, VersionId } = identifier;
        errors.push({ Key, ...(VersionId === undefined ? {} : { VersionId }), Code: error.code, Message: error.message });
      }
    }
    return { ...(Delete.Quiet === true ? {} : { Deleted: deleted }), ...(errors.length === 0 ? {} : { Errors: errors }) };
  },

  after: (_output, _prepared, { wake }) => wake('garbage'),
};
