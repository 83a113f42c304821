import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import type { S3Operation } from '../s3-operation.ts';

/** ACLs are disabled from the start, the default since April 2023. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html */
export const getBucketOwnershipControls: S3Operation<'GetBucketOwnershipControls'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:GetBucketOwnershipControls', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    const { ownershipControls } = requireBucket(context, Bucket, ExpectedBucketOwner);
    if (ownershipControls === 'none') throw s3Errors.ownershipControlsNotFound({ BucketName: Bucket });
    return { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } };
  },
};
