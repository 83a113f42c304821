import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketCors.html */
export const deleteBucketCors: S3Operation<'DeleteBucketCors'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutBucketCORS', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    context.store.s3.unsetBucket(Bucket, 'cors');
    return {};
  },
};
