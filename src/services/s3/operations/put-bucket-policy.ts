import { bucketPolicyProblem } from '../../../model/policy/resource-policy.ts';
import { requireOwnBucket } from '../bucket.ts';
import { bucketArn, bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import { isBlocked } from '../public-access.ts';
import type { S3Operation } from '../s3-operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html */
export const putBucketPolicy: S3Operation<'PutBucketPolicy'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutBucketPolicy', Bucket)],

  commit({ Bucket, Policy, ExpectedBucketOwner }, context) {
    const bucket = requireOwnBucket(context, Bucket, ExpectedBucketOwner);
    const problem = bucketPolicyProblem(Policy, Bucket);
    if (problem !== undefined) throw s3Errors.malformedPolicy(problem);
    const { principal } = context;
    if (isBlocked(bucket, Policy)) throw s3Errors.publicPolicyBlocked('arn' in principal ? principal.arn : principal.type, bucketArn(Bucket));
    context.store.s3.buckets.update(Bucket, { policy: Policy });
    return {};
  },
};
