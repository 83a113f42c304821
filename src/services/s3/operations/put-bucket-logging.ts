import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import type { S3Operation } from '../s3-operation.ts';

/** Access logs are not written: only their absence can be asked for. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html */
export const putBucketLogging: S3Operation<'PutBucketLogging'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutBucketLogging', Bucket)],

  commit({ Bucket, ExpectedBucketOwner, BucketLoggingStatus }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    if (BucketLoggingStatus.LoggingEnabled !== undefined) throw s3Errors.notImplemented('PutBucketLogging with LoggingEnabled');
    return {};
  },
};
