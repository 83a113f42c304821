import { checkOwnership } from '../acl.ts';
import { bucketsMax, isBucketName } from '../bucket.ts';
import { bucketArn, conditionKeys } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import type { S3Operation } from '../s3-operation.ts';
import { newBucketBlock } from '../public-access.ts';
import { bucketTagsMax, tagsOf } from '../tags.ts';
import { grants, refuseUnsupported } from '../unsupported.ts';

/** The region a location constraint names. us-east-1 is named by saying nothing. */
function checkLocation(constraint: string | undefined, region: string): void {
  if (constraint === 'us-east-1') throw s3Errors.invalidLocationConstraint();
  const named = constraint === undefined ? 'us-east-1' : constraint === 'EU' ? 'eu-west-1' : constraint;
  if (named !== region) throw s3Errors.illegalLocationConstraint(constraint ?? 'unspecified');
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
export const createBucket: S3Operation<'CreateBucket'> = {
  // The bucket does not exist yet, or is somebody's whose policy has no say: only the caller's own policies count.
  authorize: ({ Bucket, ACL, CreateBucketConfiguration }) => [
    {
      action: 's3:CreateBucket',
      resource: bucketArn(Bucket),
      context: conditionKeys({ 's3:x-amz-acl': ACL, 's3:LocationConstraint': CreateBucketConfiguration?.LocationConstraint }),
    },
  ],

  commit(input, context) {
    const { Bucket, CreateBucketConfiguration: configuration } = input;
    if (input.ObjectOwnership !== undefined) checkOwnership(input.ObjectOwnership);
    if ((input.ACL ?? 'private') !== 'private' || grants.some((name) => input[name] !== undefined)) throw s3Errors.invalidBucketAcl();
    refuseUnsupported(input);
    if (configuration?.Location !== undefined || configuration?.Bucket !== undefined) throw s3Errors.notImplemented('directory buckets');
    if (!isBucketName(Bucket)) throw s3Errors.invalidBucketName({ BucketName: Bucket });
    checkLocation(configuration?.LocationConstraint, context.region);

    const { buckets } = context.store.s3;
    const ownerId = context.accountId;
    const existing = buckets.find(Bucket);
    if (existing !== undefined && existing.ownerId !== ownerId) throw s3Errors.bucketAlreadyExists();
    // In us-east-1 alone creating one's own bucket again is a success.
    if (existing !== undefined && context.region !== 'us-east-1') throw s3Errors.bucketAlreadyOwnedByYou();
    if (existing === undefined) {
      if (buckets.list({ ownerId }).length >= bucketsMax) throw s3Errors.tooManyBuckets();
      const tags = configuration?.Tags === undefined ? {} : { tags: tagsOf(configuration.Tags, bucketTagsMax) };
      const createdAt = context.now.toISOString();
      buckets.insert({ bucketName: Bucket, ownerId, region: context.region, createdAt, publicAccessBlock: newBucketBlock, ...tags });
    }
    return { Location: `/${Bucket}`, BucketArn: bucketArn(Bucket) };
  },
};
