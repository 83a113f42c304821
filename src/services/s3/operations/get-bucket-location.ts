import type { BucketLocationConstraint } from '@aws-sdk/client-s3';
import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** Buckets in us-east-1 answer nothing. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html */
export const getBucketLocation: S3Operation<'GetBucketLocation'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:GetBucketLocation', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    const { region } = requireBucket(context, Bucket, ExpectedBucketOwner);
    return region === 'us-east-1' ? {} : { LocationConstraint: region as BucketLocationConstraint };
  },
};
