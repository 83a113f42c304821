import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import type { S3Operation } from '../s3-operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketReplication.html */
export const getBucketReplication: S3Operation<'GetBucketReplication'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:GetReplicationConfiguration', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    throw s3Errors.replicationConfigurationNotFound({ BucketName: Bucket });
  },
};
