import { requireBucket } from '../bucket.ts';
import { existingTagKeys, objectDemand } from '../demand.ts';
import { requireObject } from '../read-object.ts';
import type { S3Operation } from '../s3-operation.ts';
import { tagSetOf } from '../tags.ts';
import { refuseUnsupported } from '../unsupported.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html */
export const getObjectTagging: S3Operation<'GetObjectTagging'> = {
  authorize(input, context) {
    const { Bucket, Key, VersionId } = input;
    const action = VersionId === undefined ? 's3:GetObjectTagging' : 's3:GetObjectVersionTagging';
    const keys = { ...existingTagKeys(context.store.s3.findObject(Bucket, Key)) };
    return [objectDemand(context, action, Bucket, Key, keys)];
  },

  commit(input, context) {
    refuseUnsupported(input);
    requireBucket(context, input.Bucket, input.ExpectedBucketOwner);
    const { tags } = requireObject(context, input.Bucket, input.Key);
    return { TagSet: tagSetOf(tags) };
  },
};
