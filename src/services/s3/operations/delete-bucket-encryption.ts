import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** Back to the default. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketEncryption.html */
export const deleteBucketEncryption: S3Operation<'DeleteBucketEncryption'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutEncryptionConfiguration', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    context.store.s3.unsetBucket(Bucket, 'encryption');
    return {};
  },
};
