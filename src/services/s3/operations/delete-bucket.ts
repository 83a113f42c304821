import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import type { S3Operation } from '../s3-operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html */
export const deleteBucket: S3Operation<'DeleteBucket'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:DeleteBucket', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    if (!context.store.s3.objects.isEmpty(Bucket)) throw s3Errors.bucketNotEmpty({ BucketName: Bucket });
    context.store.s3.deleteBucket(Bucket, context.now);
    return {};
  },

  after: (_output, _prepared, { wake }) => wake('garbage'),
};
