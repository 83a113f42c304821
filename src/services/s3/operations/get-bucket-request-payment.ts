import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** The owner pays. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketRequestPayment.html */
export const getBucketRequestPayment: S3Operation<'GetBucketRequestPayment'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:GetBucketRequestPayment', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    return { Payer: 'BucketOwner' };
  },
};
