import type { OperationContext } from '../../operation.ts';
import { requireBucket } from '../bucket.ts';
import { existingTagKeys, objectDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import { refusalOf } from '../judge.ts';
import { matchesEtag } from '../preconditions.ts';
import type { S3Input, S3Operation } from '../s3-operation.ts';
import { refuseUnsupported } from '../unsupported.ts';

/** Keys of one request. */
export const deletedKeysMax = 1_000;

type Identifier = S3Input<'DeleteObjects'>['Delete']['Objects'][number];
interface KeyError {
  readonly Key: string;
  readonly Code: string;
  readonly Message: string;
}

/** Why this key is not deleted; undefined when it is, or was not there. */
function deleteKey(bucketName: string, { Key, VersionId, ETag }: Identifier, context: OperationContext): KeyError | undefined {
  const { s3 } = context.store;
  const object = s3.findObject(bucketName, Key);
  const action = VersionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
  const refusal = refusalOf(objectDemand(context, action, bucketName, Key, existingTagKeys(object)), context);
  if (refusal !== undefined) return { Key, Code: 'AccessDenied', Message: refusal };
  if (VersionId !== undefined && VersionId !== 'null') {
    return { Key, Code: 'NoSuchVersion', Message: 'The specified version does not exist.' };
  }
  if (ETag !== undefined && (object === undefined || !matchesEtag(ETag, object.etag))) {
    const { code, message } = s3Errors.preconditionFailed('ETag');
    return { Key, Code: code, Message: message };
  }
  s3.deleteObject(bucketName, Key, context.now);
  return undefined;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
export const deleteObjects: S3Operation<'DeleteObjects'> = {
  // Each key is judged by itself in `commit`: one that may not be deleted is an error in the answer, not of the request.
  authorize: () => [],

  commit(input, context) {
    const { Bucket, Delete } = input;
    refuseUnsupported(input);
    requireBucket(context, Bucket, input.ExpectedBucketOwner);
    if (Delete.Objects.length === 0 || Delete.Objects.length > deletedKeysMax) throw s3Errors.malformedXml();
    const results = Delete.Objects.map((identifier) => ({ identifier, error: deleteKey(Bucket, identifier, context) }));
    const errors = results.flatMap(({ error }) => (error === undefined ? [] : [error]));
    const deleted = results.flatMap(({ identifier, error }) => (error === undefined ? [{ Key: identifier.Key }] : []));
    return { ...(Delete.Quiet === true ? {} : { Deleted: deleted }), ...(errors.length === 0 ? {} : { Errors: errors }) };
  },

  after: (_output, _prepared, { wake }) => wake('garbage'),
};
