import { requireBucket } from '../bucket.ts';
import { requireObject } from '../read-object.ts';
import type { S3Operation } from '../s3-operation.ts';
import { tagSetOf } from '../tags.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { readVersion, versionDemand } from '../versions.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html */
export const getObjectTagging: S3Operation<'GetObjectTagging'> = {
  authorize: (input, context) => [versionDemand(input, context, 's3:GetObjectTagging', 's3:GetObjectVersionTagging')],

  commit(input, context) {
    refuseUnsupported(input);
    const bucket = requireBucket(context, input.Bucket, input.ExpectedBucketOwner);
    const object = requireObject(context, input);
    return { TagSet: tagSetOf(object.tags), ...readVersion(bucket, object) };
  },
};
