import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** ACLs are disabled, the default since April 2023. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html */
export const getBucketOwnershipControls: S3Operation<'GetBucketOwnershipControls'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:GetBucketOwnershipControls', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    return { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } };
  },
};
