import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { ruleOf } from '../encryption.ts';
import type { S3Operation } from '../s3-operation.ts';

/** AES256 is the default of every bucket since January 2023. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html */
export const getBucketEncryption: S3Operation<'GetBucketEncryption'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:GetEncryptionConfiguration', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    const { encryption } = requireBucket(context, Bucket, ExpectedBucketOwner);
    return { ServerSideEncryptionConfiguration: { Rules: [ruleOf(encryption)] } };
  },
};
