import { requireBucket } from '../bucket.ts';
import { checkBucketPolicy } from '../bucket-policy.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html */
export const putBucketPolicy: S3Operation<'PutBucketPolicy'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutBucketPolicy', Bucket)],

  commit({ Bucket, Policy, ExpectedBucketOwner }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    checkBucketPolicy(Policy, Bucket);
    context.store.s3.buckets.update(Bucket, { policy: Policy });
    return {};
  },
};
