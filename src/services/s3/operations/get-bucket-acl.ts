import { fullControlOf, requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** ACLs are disabled: the owner has full control and nobody else anything. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html */
export const getBucketAcl: S3Operation<'GetBucketAcl'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:GetBucketAcl', Bucket)],
  commit: ({ Bucket, ExpectedBucketOwner }, context) => fullControlOf(requireBucket(context, Bucket, ExpectedBucketOwner).ownerId),
};
