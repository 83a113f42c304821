import { aclKeys, checkAcl } from '../acl.ts';
import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** ACLs are disabled: only the one that every bucket has is accepted. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html */
export const putBucketAcl: S3Operation<'PutBucketAcl'> = {
  authorize: (input, context) => [bucketDemand(context, 's3:PutBucketAcl', input.Bucket, aclKeys(input))],

  commit(input, context) {
    const { ownerId } = requireBucket(context, input.Bucket, input.ExpectedBucketOwner);
    checkAcl(input, ownerId);
    return {};
  },
};
