import { requireBucket } from '../bucket.ts';
import { requireObject } from '../read-object.ts';
import type { S3Operation } from '../s3-operation.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { readVersion, versionDemand } from '../versions.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html */
export const deleteObjectTagging: S3Operation<'DeleteObjectTagging'> = {
  authorize: (input, context) => [versionDemand(input, context, 's3:DeleteObjectTagging', 's3:DeleteObjectVersionTagging')],

  commit(input, context) {
    refuseUnsupported(input);
    const bucket = requireBucket(context, input.Bucket, input.ExpectedBucketOwner);
    const object = requireObject(context, input);
    context.store.s3.objects.setTags(object, {});
    return readVersion(bucket, object);
  },
};
