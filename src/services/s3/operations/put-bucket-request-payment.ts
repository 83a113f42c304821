import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import type { S3Operation } from '../s3-operation.ts';

/** Nobody pays: only the default can be asked for. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketRequestPayment.html */
export const putBucketRequestPayment: S3Operation<'PutBucketRequestPayment'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutBucketRequestPayment', Bucket)],

  commit({ Bucket, ExpectedBucketOwner, RequestPaymentConfiguration }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    const { Payer } = RequestPaymentConfiguration;
    if (Payer === 'Requester') throw s3Errors.notImplemented('PutBucketRequestPayment with Payer Requester');
    if (Payer !== 'BucketOwner') throw s3Errors.malformedXml();
    return {};
  },
};
