import type { ChecksumAlgorithm } from '@aws-sdk/client-s3';
import type { Principal } from '../../../model/policy/principal.ts';
import type { ChecksumType } from '../../../store/object-store.ts';
import { requireBucket } from '../bucket.ts';
import { canCombine } from '../checksum.ts';
import { s3Errors } from '../errors.ts';
import { requireKeyOf } from '../managed-key.ts';
import { describeObject, requireKey } from '../object-description.ts';
import type { S3Operation } from '../s3-operation.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { writeDemands } from '../write-demands.ts';

const arnOf = (principal: Principal): string =>
  principal.type === 'anonymous' ? 'anonymous' : principal.type === 'service' ? principal.service : principal.arn;

/** CRC64NVME is always of the whole object; the others are of the parts' checksums unless the request says otherwise. */
function checksumTypeOf(algorithm: ChecksumAlgorithm | undefined, asked: ChecksumType | undefined): ChecksumType | undefined {
  if (algorithm === undefined) {
    if (asked !== undefined)
      throw s3Errors.invalidRequest('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.');
    return undefined;
  }
  const type = asked ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  if (canCombine(algorithm.toLowerCase(), type)) return type;
  throw s3Errors.invalidRequest(`The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export const createMultipartUpload: S3Operation<'CreateMultipartUpload'> = {
  authorize: writeDemands,

  commit(input, context) {
    const { Bucket, Key, ChecksumAlgorithm: algorithm } = input;
    refuseUnsupported(input);
    const bucket = requireBucket(context, Bucket, input.ExpectedBucketOwner);
    requireKeyOf(bucket, input.ServerSideEncryption, 'GenerateDataKey', context);
    requireKey(Key);
    const checksumType = checksumTypeOf(algorithm, input.ChecksumType);
    const uploadId = context.newUuid().replaceAll('-', '');
    context.store.s3.objects.insertUpload({
      ...describeObject(input),
      uploadId,
      bucketName: Bucket,
      key: Key,
      initiatedAt: context.now.toISOString(),
      initiatorArn: arnOf(context.principal),
      ...(algorithm === undefined ? {} : { checksumAlgorithm: algorithm }),
      ...(checksumType === undefined ? {} : { checksumType }),
    });
    return {
      Bucket,
      Key,
      UploadId: uploadId,
      ...(algorithm === undefined ? {} : { ChecksumAlgorithm: algorithm, ChecksumType: checksumType }),
      ...(input.ServerSideEncryption === undefined ? {} : { ServerSideEncryption: input.ServerSideEncryption }),
    };
  },
};
