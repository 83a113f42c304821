import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import type { S3Operation } from '../s3-operation.ts';
import { refuseUnsupported } from '../unsupported.ts';

/** Once turned on it can only be suspended. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html */
export const putBucketVersioning: S3Operation<'PutBucketVersioning'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutBucketVersioning', Bucket)],

  commit(input, context) {
    const { Bucket, VersioningConfiguration, ExpectedBucketOwner } = input;
    refuseUnsupported(input);
    requireBucket(context, Bucket, ExpectedBucketOwner);
    const { Status, MFADelete } = VersioningConfiguration;
    // Nobody here has a device: a bucket that asks for one could never be emptied.
    if (MFADelete === 'Enabled') throw s3Errors.notImplemented('MfaDelete');
    if (Status === undefined) throw s3Errors.illegalVersioning();
    context.store.s3.buckets.update(Bucket, { versioning: Status });
    return {};
  },
};
