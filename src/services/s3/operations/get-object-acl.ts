import { fullControlOf, requireBucket } from '../bucket.ts';
import { requireObject } from '../read-object.ts';
import type { S3Operation } from '../s3-operation.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { versionDemand } from '../versions.ts';

/** As the bucket's: its owner owns every object. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html */
export const getObjectAcl: S3Operation<'GetObjectAcl'> = {
  authorize: (input, context) => [versionDemand(input, context, 's3:GetObjectAcl', 's3:GetObjectVersionAcl')],

  commit(input, context) {
    refuseUnsupported(input);
    const { ownerId } = requireBucket(context, input.Bucket, input.ExpectedBucketOwner);
    requireObject(context, input);
    return fullControlOf(ownerId);
  },
};
