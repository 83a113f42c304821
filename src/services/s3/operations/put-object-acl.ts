import { aclKeys, checkAcl } from '../acl.ts';
import { requireBucket } from '../bucket.ts';
import { existingTagKeys, objectDemand } from '../demand.ts';
import { requireObject } from '../read-object.ts';
import type { S3Operation } from '../s3-operation.ts';
import { refuseUnsupported } from '../unsupported.ts';

/** As of a bucket. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html */
export const putObjectAcl: S3Operation<'PutObjectAcl'> = {
  authorize(input, context) {
    const { Bucket, Key, VersionId } = input;
    const action = VersionId === undefined ? 's3:PutObjectAcl' : 's3:PutObjectVersionAcl';
    const keys = { ...existingTagKeys(context.store.s3.findObject(Bucket, Key)), ...aclKeys(input) };
    return [objectDemand(context, action, Bucket, Key, keys)];
  },

  commit(input, context) {
    const { ownerId } = requireBucket(context, input.Bucket, input.ExpectedBucketOwner);
    checkAcl(input, ownerId);
    refuseUnsupported(input);
    requireObject(context, input.Bucket, input.Key);
    return {};
  },
};
