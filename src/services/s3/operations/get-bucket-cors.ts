import { requireBucket } from '../bucket.ts';
import { answeredCorsRule } from '../cors.ts';
import { bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import type { S3Operation } from '../s3-operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketCors.html */
export const getBucketCors: S3Operation<'GetBucketCors'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:GetBucketCORS', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    const { cors } = requireBucket(context, Bucket, ExpectedBucketOwner);
    if (cors === undefined) throw s3Errors.noSuchCorsConfiguration({ BucketName: Bucket });
    return { CORSRules: cors.map(answeredCorsRule) };
  },
};
