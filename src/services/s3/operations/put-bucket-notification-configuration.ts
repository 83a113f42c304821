import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import type { S3Operation } from '../s3-operation.ts';

/** Nobody is notified: only an empty configuration can be asked for. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html */
export const putBucketNotificationConfiguration: S3Operation<'PutBucketNotificationConfiguration'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutBucketNotification', Bucket)],

  commit({ Bucket, ExpectedBucketOwner, NotificationConfiguration }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    const [asked] = Object.entries(NotificationConfiguration).find(([, value]) => !Array.isArray(value) || value.length > 0) ?? [];
    if (asked !== undefined) throw s3Errors.notImplemented(`PutBucketNotificationConfiguration with ${asked}`);
    return {};
  },
};
