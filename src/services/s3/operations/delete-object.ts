import { requireBucket } from '../bucket.ts';
import { conditionKeys, existingTagKeys, objectDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import { matchesEtag } from '../preconditions.ts';
import type { S3Operation } from '../s3-operation.ts';
import { refuseUnsupported } from '../unsupported.ts';

/** A key that is not there is deleted too. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
export const deleteObject: S3Operation<'DeleteObject'> = {
  authorize({ Bucket, Key, VersionId }, context) {
    const keys = { ...existingTagKeys(context.store.s3.findObject(Bucket, Key)), ...conditionKeys({ 's3:VersionId': VersionId }) };
    return [objectDemand(context, VersionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion', Bucket, Key, keys)];
  },

  commit(input, context) {
    const { Bucket, Key, IfMatch } = input;
    refuseUnsupported(input);
    requireBucket(context, Bucket, input.ExpectedBucketOwner);
    const { s3 } = context.store;
    const existing = IfMatch === undefined ? undefined : s3.findObject(Bucket, Key);
    if (IfMatch !== undefined && (existing === undefined || !matchesEtag(IfMatch, existing.etag))) throw s3Errors.preconditionFailed('If-Match');
    s3.deleteObject(Bucket, Key, context.now);
    return {};
  },

  after: (_output, _prepared, { wake }) => wake('garbage'),
};
