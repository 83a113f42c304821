import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { encryptionOf } from '../encryption.ts';
import { s3Errors } from '../errors.ts';
import type { S3Operation } from '../s3-operation.ts';

/** AES256 is what there is; keys of KMS are refused. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html */
export const putBucketEncryption: S3Operation<'PutBucketEncryption'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutEncryptionConfiguration', Bucket)],

  commit({ Bucket, ExpectedBucketOwner, ServerSideEncryptionConfiguration }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    const [rule, ...others] = ServerSideEncryptionConfiguration.Rules;
    if (rule === undefined || others.length > 0) throw s3Errors.malformedXml();
    context.store.s3.buckets.update(Bucket, { encryption: encryptionOf(rule) });
    return {};
  },
};
