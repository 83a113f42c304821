import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** Turns all four switches off. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeletePublicAccessBlock.html */
export const deletePublicAccessBlock: S3Operation<'DeletePublicAccessBlock'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutBucketPublicAccessBlock', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    context.store.s3.unsetBucket(Bucket, 'publicAccessBlock');
    return {};
  },
};
