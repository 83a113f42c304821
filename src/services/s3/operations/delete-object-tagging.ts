import { requireBucket } from '../bucket.ts';
import { existingTagKeys, objectDemand } from '../demand.ts';
import { requireObject } from '../read-object.ts';
import type { S3Operation } from '../s3-operation.ts';
import { refuseUnsupported } from '../unsupported.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html */
export const deleteObjectTagging: S3Operation<'DeleteObjectTagging'> = {
  authorize(input, context) {
    const { Bucket, Key, VersionId } = input;
    const action = VersionId === undefined ? 's3:DeleteObjectTagging' : 's3:DeleteObjectVersionTagging';
    const keys = { ...existingTagKeys(context.store.s3.findObject(Bucket, Key)) };
    return [objectDemand(context, action, Bucket, Key, keys)];
  },

  commit(input, context) {
    refuseUnsupported(input);
    requireBucket(context, input.Bucket, input.ExpectedBucketOwner);
    requireObject(context, input.Bucket, input.Key);
    context.store.s3.setObjectTags(input.Bucket, input.Key, {});
    return {};
  },
};
