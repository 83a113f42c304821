import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import type { S3Operation } from '../s3-operation.ts';
import { tagSetOf } from '../tags.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html */
export const getBucketTagging: S3Operation<'GetBucketTagging'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:GetBucketTagging', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    const { tags = {} } = requireBucket(context, Bucket, ExpectedBucketOwner);
    if (Object.keys(tags).length === 0) throw s3Errors.noSuchTagSet({ BucketName: Bucket });
    return { TagSet: tagSetOf(tags) };
  },
};
