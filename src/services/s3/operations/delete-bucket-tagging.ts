import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketTagging.html */
export const deleteBucketTagging: S3Operation<'DeleteBucketTagging'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutBucketTagging', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    context.store.s3.buckets.update(Bucket, { tags: {} });
    return {};
  },
};
