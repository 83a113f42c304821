import type { BucketRow } from '../../store/s3.ts';
import type { OperationContext } from '../operation.ts';
import { isOwned } from './bucket.ts';
import { s3Errors } from './errors.ts';

/** By which keys objects can be said to be encrypted here: S3's own, and the one of KMS that AWS manages for each account. */
export type Encryption = 'AES256' | 'aws:kms';

/**
 * `aws:kms` without a key's name means the account's `aws/s3` key, whose policy lets every principal of the account use it through
 * S3 and nobody else, whatever the bucket's policy says. https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
export function requireKeyOf(
  bucket: BucketRow,
  encryption: string | undefined,
  action: 'Decrypt' | 'GenerateDataKey',
  context: OperationContext,
): void {
  const { principal } = context;
  if (encryption !== 'aws:kms' || isOwned(bucket, principal)) return;
  if (principal.type === 'anonymous') throw s3Errors.keyNeedsSignature();
  const who = `User: ${principal.type === 'service' ? principal.service : principal.arn} is not authorized to perform: kms:${action}`;
  throw s3Errors.accessDenied(`${who} on the AWS managed key aws/s3 of account ${bucket.ownerId}, which only that account's principals may use`);
}
