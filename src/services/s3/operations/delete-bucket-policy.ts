import { requireOwnBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html */
export const deleteBucketPolicy: S3Operation<'DeleteBucketPolicy'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:DeleteBucketPolicy', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    requireOwnBucket(context, Bucket, ExpectedBucketOwner);
    context.store.s3.unsetBucket(Bucket, 'policy');
    return {};
  },
};
