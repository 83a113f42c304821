import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import type { S3Operation } from '../s3-operation.ts';

/** No bucket has one. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketAnalyticsConfiguration.html */
export const deleteBucketAnalyticsConfiguration: S3Operation<'DeleteBucketAnalyticsConfiguration'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutAnalyticsConfiguration', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    throw s3Errors.noSuchConfiguration({ BucketName: Bucket });
  },
};
