import { requireBucket } from '../bucket.ts';
import { bucketArn, bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
export const headBucket: S3Operation<'HeadBucket'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:ListBucket', Bucket)],

  commit({ Bucket, ExpectedBucketOwner }, context) {
    const { region } = requireBucket(context, Bucket, ExpectedBucketOwner);
    return { BucketArn: bucketArn(Bucket), BucketRegion: region, AccessPointAlias: false };
  },
};
