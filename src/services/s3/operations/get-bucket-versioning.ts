import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** A bucket whose versioning was never turned on answers nothing. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html */
export const getBucketVersioning: S3Operation<'GetBucketVersioning'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:GetBucketVersioning', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    const { versioning } = requireBucket(context, Bucket, ExpectedBucketOwner);
    return versioning === undefined ? {} : { Status: versioning };
  },
};
