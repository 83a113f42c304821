import type { ServerSideEncryptionRule } from '@aws-sdk/client-s3';
import type { BucketEncryption } from '../../store/s3.ts';
import { s3Errors } from './errors.ts';
import type { S3Input } from './s3-operation.ts';

type GivenRule = S3Input<'PutBucketEncryption'>['ServerSideEncryptionConfiguration']['Rules'][number];

/** What a rule asks of the bucket. SSE-C is refused anyway, so that it can be blocked as well. */
export function encryptionOf({
  ApplyServerSideEncryptionByDefault: byDefault,
  BucketKeyEnabled,
  BlockedEncryptionTypes,
}: GivenRule): BucketEncryption {
  const algorithm = byDefault?.SSEAlgorithm ?? 'AES256';
  if (algorithm === 'aws:kms' || algorithm === 'aws:kms:dsse') throw s3Errors.notImplemented(`SSEAlgorithm ${algorithm}`);
  if (algorithm !== 'AES256') throw s3Errors.malformedXml();
  if (byDefault?.KMSMasterKeyID !== undefined) {
    throw s3Errors.invalidArgument('a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse');
  }
  const blockedTypes = BlockedEncryptionTypes?.EncryptionType;
  if (blockedTypes?.some((type) => type !== 'NONE' && type !== 'SSE-C') === true) throw s3Errors.malformedXml();
  return { bucketKeyEnabled: BucketKeyEnabled ?? false, ...(blockedTypes === undefined ? {} : { blockedTypes }) };
}

export const ruleOf = ({ bucketKeyEnabled, blockedTypes }: BucketEncryption = { bucketKeyEnabled: false }): ServerSideEncryptionRule => ({
  ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
  BucketKeyEnabled: bucketKeyEnabled,
  ...(blockedTypes === undefined ? {} : { BlockedEncryptionTypes: { EncryptionType: [...blockedTypes] } }),
});
