import { aclKeys, checkAcl } from '../acl.ts';
import { requireBucket } from '../bucket.ts';
import { requireObject } from '../read-object.ts';
import type { S3Operation } from '../s3-operation.ts';
import { versionDemand } from '../versions.ts';

/** As of a bucket. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html */
export const putObjectAcl: S3Operation<'PutObjectAcl'> = {
  authorize: (input, context) => [versionDemand(input, context, 's3:PutObjectAcl', 's3:PutObjectVersionAcl', aclKeys(input))],

  commit(input, context) {
    const bucket = requireBucket(context, input.Bucket, input.ExpectedBucketOwner);
    checkAcl(input, bucket.ownerId);
    requireObject(context, input);
    return {};
  },
};
