import { requireBucket } from '../bucket.ts';
import { corsRulesOf } from '../cors.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html */
export const putBucketCors: S3Operation<'PutBucketCors'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutBucketCORS', Bucket)],

  commit({ Bucket, ExpectedBucketOwner, CORSConfiguration }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    context.store.s3.buckets.update(Bucket, { cors: corsRulesOf(CORSConfiguration.CORSRules) });
    return {};
  },
};
