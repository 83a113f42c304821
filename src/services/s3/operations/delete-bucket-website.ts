import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** No bucket is a website: there is nothing to take away. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketWebsite.html */
export const deleteBucketWebsite: S3Operation<'DeleteBucketWebsite'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:DeleteBucketWebsite', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    return {};
  },
};
