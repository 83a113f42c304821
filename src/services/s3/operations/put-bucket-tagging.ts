import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import type { S3Operation } from '../s3-operation.ts';
import { bucketTagsMax, tagsOf } from '../tags.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html */
export const putBucketTagging: S3Operation<'PutBucketTagging'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutBucketTagging', Bucket)],

  commit({ Bucket, Tagging, ExpectedBucketOwner }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    context.store.s3.buckets.update(Bucket, { tags: tagsOf(Tagging.TagSet, bucketTagsMax) });
    return {};
  },
};
