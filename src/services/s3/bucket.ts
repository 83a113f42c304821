import { canonicalUserId } from '../../model/canonical-user-id.ts';
import type { Principal } from '../../model/policy/principal.ts';
import type { BucketRow } from '../../store/s3.ts';
import type { OperationContext } from '../operation.ts';
import { s3Errors } from './errors.ts';

/** Buckets of one account. https://docs.aws.amazon.com/AmazonS3/latest/userguide/BucketRestrictions.html */
export const bucketsMax = 10_000;

/** The bucket, which the request may also say whom it expects to own (`x-amz-expected-bucket-owner`). */
export function requireBucket(context: OperationContext, bucketName: string, expectedOwner?: string): BucketRow {
  const bucket = context.store.s3.buckets.find(bucketName);
  if (bucket === undefined) throw s3Errors.noSuchBucket({ BucketName: bucketName });
  if (expectedOwner !== undefined && expectedOwner !== bucket.ownerId) throw s3Errors.accessDenied();
  return bucket;
}

export const isOwned = ({ ownerId }: BucketRow, principal: Principal): boolean => 'accountId' in principal && principal.accountId === ownerId;

/** Of a bucket policy, that somebody else's policies may allow to change: it is for the owner's account all the same. */
export function requireOwnBucket(context: OperationContext, bucketName: string, expectedOwner?: string): BucketRow {
  const bucket = requireBucket(context, bucketName, expectedOwner);
  if (!isOwned(bucket, context.principal)) throw s3Errors.methodNotAllowed();
  return bucket;
}

/** The access control list of a bucket with ACLs disabled, and of its objects. */
export function fullControlOf(ownerId: string) {
  const owner = { ID: canonicalUserId(ownerId) };
  return { Owner: owner, Grants: [{ Grantee: { ...owner, Type: 'CanonicalUser' as const }, Permission: 'FULL_CONTROL' as const }] };
}

const reservedPrefixes = ['xn--', 'sthree-', 'amzn-s3-demo-'];
const reservedSuffixes = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'];

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes('..') &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    !reservedPrefixes.some((prefix) => name.startsWith(prefix)) &&
    !reservedSuffixes.some((suffix) => name.endsWith(suffix))
  );
}
