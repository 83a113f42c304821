import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import type { S3Operation } from '../s3-operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html */
export const getPublicAccessBlock: S3Operation<'GetPublicAccessBlock'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:GetBucketPublicAccessBlock', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    const { publicAccessBlock: block } = requireBucket(context, Bucket, ExpectedBucketOwner);
    if (block === undefined) throw s3Errors.noSuchPublicAccessBlock({ BucketName: Bucket });
    return {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: block.blockPublicAcls,
        IgnorePublicAcls: block.ignorePublicAcls,
        BlockPublicPolicy: block.blockPublicPolicy,
        RestrictPublicBuckets: block.restrictPublicBuckets,
      },
    };
  },
};
