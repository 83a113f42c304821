import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** A switch that is not named is off. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html */
export const putPublicAccessBlock: S3Operation<'PutPublicAccessBlock'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutBucketPublicAccessBlock', Bucket)],

  commit({ Bucket, ExpectedBucketOwner, PublicAccessBlockConfiguration: block }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    context.store.s3.buckets.update(Bucket, {
      publicAccessBlock: {
        blockPublicAcls: block.BlockPublicAcls ?? false,
        ignorePublicAcls: block.IgnorePublicAcls ?? false,
        blockPublicPolicy: block.BlockPublicPolicy ?? false,
        restrictPublicBuckets: block.RestrictPublicBuckets ?? false,
      },
    });
    return {};
  },
};
