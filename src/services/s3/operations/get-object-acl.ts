import { fullControlOf, requireBucket } from '../bucket.ts';
import { existingTagKeys, objectDemand } from '../demand.ts';
import { requireObject } from '../read-object.ts';
import type { S3Operation } from '../s3-operation.ts';
import { refuseUnsupported } from '../unsupported.ts';

/** As the bucket's: its owner owns every object. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html */
export const getObjectAcl: S3Operation<'GetObjectAcl'> = {
  authorize({ Bucket, Key, VersionId }, context) {
    const action = VersionId === undefined ? 's3:GetObjectAcl' : 's3:GetObjectVersionAcl';
    return [objectDemand(context, action, Bucket, Key, existingTagKeys(context.store.s3.findObject(Bucket, Key)))];
  },

  commit(input, context) {
    refuseUnsupported(input);
    const { ownerId } = requireBucket(context, input.Bucket, input.ExpectedBucketOwner);
    requireObject(context, input.Bucket, input.Key);
    return fullControlOf(ownerId);
  },
};
