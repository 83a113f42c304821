import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** A bucket without access logs answers nothing. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLogging.html */
export const getBucketLogging: S3Operation<'GetBucketLogging'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:GetBucketLogging', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    return {};
  },
};
