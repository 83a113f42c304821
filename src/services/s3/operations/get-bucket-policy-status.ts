import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import { isPublicDocument } from '../public-access.ts';
import type { S3Operation } from '../s3-operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html */
export const getBucketPolicyStatus: S3Operation<'GetBucketPolicyStatus'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:GetBucketPolicyStatus', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    const { policy } = requireBucket(context, Bucket, ExpectedBucketOwner);
    if (policy === undefined) throw s3Errors.noSuchBucketPolicy({ BucketName: Bucket });
    return { PolicyStatus: { IsPublic: isPublicDocument(policy) } };
  },
};
