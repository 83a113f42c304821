import { requireBucket } from '../bucket.ts';
import { bucketDemand } from '../demand.ts';
import { s3Errors } from '../errors.ts';
import { lifecycleRulesOf } from '../lifecycle.ts';
import type { S3Operation } from '../s3-operation.ts';

/** Of transitions, which are not done: it is only kept. */
const minimumSizes: ReadonlySet<string> = new Set(['all_storage_classes_128K', 'varies_by_storage_class']);

/** Expirations are carried out (`reconcile/lifecycle.ts`); other storage classes are refused. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html */
export const putBucketLifecycleConfiguration: S3Operation<'PutBucketLifecycleConfiguration'> = {
  authorize: ({ Bucket }, context) => [bucketDemand(context, 's3:PutLifecycleConfiguration', Bucket)],

  commit({ Bucket, ExpectedBucketOwner, LifecycleConfiguration, TransitionDefaultMinimumObjectSize: sizes }, context) {
    requireBucket(context, Bucket, ExpectedBucketOwner);
    if (sizes !== undefined && !minimumSizes.has(sizes)) throw s3Errors.malformedXml();
    const rules = lifecycleRulesOf(LifecycleConfiguration, context.newUuid);
    context.store.s3.buckets.update(Bucket, { lifecycle: { rules, minimumSize: sizes ?? 'all_storage_classes_128K' } });
    return { TransitionDefaultMinimumObjectSize: sizes ?? 'all_storage_classes_128K' };
  },

  after: (_output, _prepared, { wake }) => wake('lifecycle'),
};
