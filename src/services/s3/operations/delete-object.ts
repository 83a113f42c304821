import { requireBucket } from '../bucket.ts';
import { conditionKeys, objectDemand } from '../demand.ts';
import { checkDeleteCondition } from '../preconditions.ts';
import { remove } from '../remove-object.ts';
import type { S3Operation } from '../s3-operation.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { versionDemand } from '../versions.ts';

/** A key that is not there is deleted too. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
export const deleteObject: S3Operation<'DeleteObject'> = {
  authorize: (input, context) => [
    versionDemand(input, context, 's3:DeleteObject', 's3:DeleteObjectVersion', conditionKeys({ 's3:if-match': input.IfMatch })),
    // To compare with what is there is to read about it. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
    ...(input.IfMatch === undefined || input.IfMatch === '*' ? [] : [objectDemand(context, 's3:GetObject', input.Bucket, input.Key)]),
  ],

  commit(input, context) {
    const { Bucket, Key, VersionId, IfMatch } = input;
    refuseUnsupported(input);
    const bucket = requireBucket(context, Bucket, input.ExpectedBucketOwner);
    if (IfMatch !== undefined) checkDeleteCondition(IfMatch, context.store.s3.objects.findObject(Bucket, Key));
    return remove(bucket, Key, VersionId, context);
  },

  after: (_output, _prepared, { wake }) => wake('garbage'),
};
