import { checkOwnership } from '../acl.ts';
import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import type { S3Operation } from '../s3-operation.ts';

/** The other kinds of ownership would let ACLs decide. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketOwnershipControls.html */
export const putBucketOwnershipControls: S3Operation<'PutBucketOwnershipControls'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutBucketOwnershipControls', Bucket)],

  commit({ Bucket, ExpectedBucketOwner, OwnershipControls }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    const [rule, ...others] = OwnershipControls.Rules;
    if (rule === undefined || others.length > 0) throw s3Errors.malformedXml();
    checkOwnership(rule.ObjectOwnership);
    context.store.s3.unsetBucket(Bucket, 'ownershipControls');
    return {};
  },
};
