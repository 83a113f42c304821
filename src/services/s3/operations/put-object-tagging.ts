import { requireBucket } from '../bucket.ts';
import { requestTagKeys } from '../demand.ts';
import { requireObject } from '../read-object.ts';
import type { S3Operation } from '../s3-operation.ts';
import { objectTagsMax, tagsOf } from '../tags.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { readVersion, versionDemand } from '../versions.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html */
export const putObjectTagging: S3Operation<'PutObjectTagging'> = {
  authorize(input, context) {
    const keys = requestTagKeys(tagsOf(input.Tagging.TagSet, objectTagsMax));
    return [versionDemand(input, context, 's3:PutObjectTagging', 's3:PutObjectVersionTagging', keys)];
  },

  commit(input, context) {
    refuseUnsupported(input);
    const bucket = requireBucket(context, input.Bucket, input.ExpectedBucketOwner);
    const tags = tagsOf(input.Tagging.TagSet, objectTagsMax);
    const object = requireObject(context, input);
    context.store.s3.objects.setTags(object, tags);
    return readVersion(bucket, object);
  },
};
