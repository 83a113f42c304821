import { requireOwnBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import type { S3Operation } from '../s3-operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html */
export const getBucketPolicy: S3Operation<'GetBucketPolicy'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:GetBucketPolicy', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    const { policy } = requireOwnBucket(context, Bucket, ExpectedBucketOwner);
    if (policy === undefined) throw s3Errors.noSuchBucketPolicy({ BucketName: Bucket });
    return { Policy: policy };
  },
};
