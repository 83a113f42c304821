import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** No bucket has one. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBucketMetricsConfigurations.html */
export const listBucketMetricsConfigurations: S3Operation<'ListBucketMetricsConfigurations'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:GetMetricsConfiguration', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    return { IsTruncated: false };
  },
};
