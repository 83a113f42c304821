import { isPublicPolicy } from '../../model/policy/public-policy.ts';
import { storedPolicy } from '../../model/policy/parse.ts';
import type { Principal } from '../../model/policy/principal.ts';
import type { BucketRow, PublicAccessBlock } from '../../store/s3.ts';
import { isOwned } from './bucket.ts';

/** Of every new bucket since April 2023. https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
export const newBucketBlock: PublicAccessBlock = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
};

/** What was found out about documents, by their text: every request to a bucket asks. The oldest makes room. */
const known = new Map<string, boolean>();
const knownMax = 1_024;

/** Whether S3 calls this valid policy of a bucket public. */
export function isPublicDocument(policy: string): boolean {
  const found = known.get(policy);
  if (found !== undefined) return found;
  const isPublic = isPublicPolicy(storedPolicy(policy, 'resource'));
  if (known.size >= knownMax) known.delete(known.keys().next().value as string);
  known.set(policy, isPublic);
  return isPublic;
}

/** BlockPublicPolicy: the bucket takes no public policy. */
export const isBlocked = ({ publicAccessBlock }: BucketRow, policy: string): boolean =>
  publicAccessBlock?.blockPublicPolicy === true && isPublicDocument(policy);

/**
 * RestrictPublicBuckets: a public policy, with all its statements, is for the owner's account and for services of AWS.
 * To everybody else the bucket is one without a policy.
 */
export function isWithheld(bucket: BucketRow, principal: Principal): boolean {
  const { policy, publicAccessBlock } = bucket;
  if (policy === undefined || publicAccessBlock?.restrictPublicBuckets !== true) return false;
  return principal.type !== 'service' && !isOwned(bucket, principal) && isPublicDocument(policy);
}
