import { canonicalUserId } from '../../model/canonical-user-id.ts';
import { conditionKeys } from './demand.ts';
import { s3Errors } from './errors.ts';
import type { S3Input } from './s3-operation.ts';
import { grants } from './unsupported.ts';

type AclInput = S3Input<'PutBucketAcl'> | S3Input<'PutObjectAcl'>;

/** The condition keys of a request that sets an ACL. */
export const aclKeys = ({ ACL, GrantFullControl, GrantRead, GrantReadACP, GrantWrite, GrantWriteACP }: AclInput) =>
  conditionKeys({
    's3:x-amz-acl': ACL,
    's3:x-amz-grant-full-control': GrantFullControl,
    's3:x-amz-grant-read': GrantRead,
    's3:x-amz-grant-read-acp': GrantReadACP,
    's3:x-amz-grant-write': GrantWrite,
    's3:x-amz-grant-write-acp': GrantWriteACP,
  });

/**
 * ACLs are disabled: an ACL is accepted that is the one there is, the owner's full control. Public ones, which
 * BlockPublicAcls and IgnorePublicAcls are about, are refused like all others.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
 */
export function checkAcl(input: AclInput, ownerId: string): void {
  const { ACL, AccessControlPolicy } = input;
  const ways = [ACL !== undefined, AccessControlPolicy !== undefined, grants.some((name) => input[name] !== undefined)].filter(Boolean);
  if (ways.length === 0) throw s3Errors.missingSecurityHeader();
  if (ways.length > 1) throw s3Errors.invalidRequest('Specifying both Canned ACLs and Header Grants is not allowed');
  const [grant, ...others] = AccessControlPolicy?.Grants ?? [];
  const isOwners = others.length === 0 && grant?.Grantee?.ID === canonicalUserId(ownerId) && grant.Permission === 'FULL_CONTROL';
  if (`${ACL}` !== 'bucket-owner-full-control' && !isOwners) throw s3Errors.aclNotSupported();
}

/** Refuses what would let ACLs decide. */
export function checkOwnership(ownership: string): void {
  if (ownership === 'BucketOwnerEnforced') return;
  if (ownership !== 'BucketOwnerPreferred' && ownership !== 'ObjectWriter') throw s3Errors.malformedXml();
  throw s3Errors.notImplemented(`ObjectOwnership ${ownership}`);
}
