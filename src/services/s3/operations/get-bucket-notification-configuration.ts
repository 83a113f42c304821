import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** A bucket without notifications answers nothing. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html */
export const getBucketNotificationConfiguration: S3Operation<'GetBucketNotificationConfiguration'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:GetBucketNotification', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    return {};
  },
};
