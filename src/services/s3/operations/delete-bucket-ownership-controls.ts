import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** ACLs stay disabled all the same: see `docs/assumptions.md`. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketOwnershipControls.html */
export const deleteBucketOwnershipControls: S3Operation<'DeleteBucketOwnershipControls'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutBucketOwnershipControls', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    context.store.s3.buckets.update(Bucket, { ownershipControls: 'none' });
    return {};
  },
};
