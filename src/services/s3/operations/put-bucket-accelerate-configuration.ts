import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import type { S3Operation } from '../s3-operation.ts';

/** There are no edge locations: only their absence can be asked for. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAccelerateConfiguration.html */
export const putBucketAccelerateConfiguration: S3Operation<'PutBucketAccelerateConfiguration'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutAccelerateConfiguration', Bucket)],

  commit({ Bucket, ExpectedBucketOwner, AccelerateConfiguration }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    const { Status } = AccelerateConfiguration;
    if (Status === 'Enabled') throw s3Errors.notImplemented('PutBucketAccelerateConfiguration with Status Enabled');
    if (Status !== 'Suspended') throw s3Errors.malformedXml();
    context.store.s3.buckets.update(Bucket, { accelerate: Status });
    return {};
  },
};
