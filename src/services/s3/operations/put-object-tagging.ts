import { requireBucket } from '../bucket.ts';
import { existingTagKeys, objectDemand, requestTagKeys } from '../demand.ts';
import { requireObject } from '../read-object.ts';
import type { S3Operation } from '../s3-operation.ts';
import { objectTagsMax, tagsOf } from '../tags.ts';
import { refuseUnsupported } from '../unsupported.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html */
export const putObjectTagging: S3Operation<'PutObjectTagging'> = {
  authorize(input, context) {
    const { Bucket, Key, VersionId } = input;
    const action = VersionId === undefined ? 's3:PutObjectTagging' : 's3:PutObjectVersionTagging';
    const keys = { ...existingTagKeys(context.store.s3.findObject(Bucket, Key)), ...requestTagKeys(tagsOf(input.Tagging.TagSet, objectTagsMax)) };
    return [objectDemand(context, action, Bucket, Key, keys)];
  },

  commit(input, context) {
    refuseUnsupported(input);
    requireBucket(context, input.Bucket, input.ExpectedBucketOwner);
    const tags = tagsOf(input.Tagging.TagSet, objectTagsMax);
    requireObject(context, input.Bucket, input.Key);
    context.store.s3.setObjectTags(input.Bucket, input.Key, tags);
    return {};
  },
};
