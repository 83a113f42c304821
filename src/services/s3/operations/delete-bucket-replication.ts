import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** No bucket is replicated: there is nothing to take away. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketReplication.html */
export const deleteBucketReplication: S3Operation<'DeleteBucketReplication'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutReplicationConfiguration', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    return {};
  },
};
