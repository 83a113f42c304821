import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** A bucket of which nothing was said answers nothing. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAccelerateConfiguration.html */
export const getBucketAccelerateConfiguration: S3Operation<'GetBucketAccelerateConfiguration'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:GetAccelerateConfiguration', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    const { accelerate } = requireBucket(context, Bucket, ExpectedBucketOwner);
    return accelerate === undefined ? {} : { Status: accelerate };
  },
};
