import { bucketPolicyProblem } from '../../../model/policy/resource-policy.ts';
import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import type { S3Operation } from '../s3-operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html */
export const putBucketPolicy: S3Operation<'PutBucketPolicy'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutBucketPolicy', Bucket)],

  commit({ Bucket, Policy, ExpectedBucketOwner }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    const problem = bucketPolicyProblem(Policy, Bucket);
    if (problem !== undefined) throw s3Errors.malformedPolicy(problem);
    context.store.s3.buckets.update(Bucket, { policy: Policy });
    return {};
  },
};
