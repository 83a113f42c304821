import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import { answeredRule } from '../lifecycle-answer.ts';
import type { S3Operation } from '../s3-operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html */
export const getBucketLifecycleConfiguration: S3Operation<'GetBucketLifecycleConfiguration'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:GetLifecycleConfiguration', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    const { lifecycle } = requireBucket(context, Bucket, ExpectedBucketOwner);
    if (lifecycle === undefined) throw s3Errors.noSuchLifecycleConfiguration({ BucketName: Bucket });
    return { Rules: lifecycle.rules.map(answeredRule), TransitionDefaultMinimumObjectSize: lifecycle.minimumSize };
  },
};
