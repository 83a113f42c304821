import { s3Errors } from './errors.ts';

/** Members that ask for what is not done here. Asking for nothing (absent, false) is accepted. */
const unsupported = [
  'AnnotationDirective',
  'BucketKeyEnabled',
  'BucketNamespace',
  'CopySourceSSECustomerAlgorithm',
  'CopySourceSSECustomerKey',
  'IfMatchLastModifiedTime',
  'IfMatchSize',
  'MFA',
  'ObjectLockEnabledForBucket',
  'ObjectLockEventHold',
  'ObjectLockLegalHoldStatus',
  'ObjectLockMode',
  'ObjectLockRetainUntilDate',
  'SSECustomerAlgorithm',
  'SSECustomerKey',
  'SSEKMSEncryptionContext',
  'SSEKMSKeyId',
  'WebsiteRedirectLocation',
  'WriteOffsetBytes',
];

export const grants = ['GrantFullControl', 'GrantRead', 'GrantReadACP', 'GrantWrite', 'GrantWriteACP'] as const;
/** What a bucket with ACLs disabled, the default since April 2023, accepts: the ACL that changes nothing. */
const acceptedAcls = new Set(['private', 'bucket-owner-full-control']);

/** Refuses by name what would otherwise be ignored. */
export function refuseUnsupported(input: object): void {
  const members = input as Readonly<Record<string, string | boolean | undefined>>;
  for (const name of unsupported) if (members[name] !== undefined && members[name] !== false) throw s3Errors.notImplemented(name);
  const { ACL, ServerSideEncryption } = members;
  if (grants.some((name) => members[name] !== undefined)) throw s3Errors.aclNotSupported();
  if (ACL !== undefined && !acceptedAcls.has(`${ACL}`)) throw s3Errors.aclNotSupported();
  if (ServerSideEncryption !== undefined && ServerSideEncryption !== 'AES256' && ServerSideEncryption !== 'aws:kms') {
    throw s3Errors.notImplemented(`ServerSideEncryption ${ServerSideEncryption}`);
  }
}
