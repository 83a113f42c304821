import type { Demand } from '../../model/policy/decision.ts';
import type { Principal } from '../../model/policy/principal.ts';

/**
 * S3 gives its reason to callers of the account that owns the bucket, with the resource in quotes, and nothing to
 * strangers. https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html
 */
export function denialSentence(principal: Principal, demand: Demand, message: string): string {
  const plain = 'Access Denied';
  if (principal.type === 'anonymous' || principal.type === 'service') return plain;
  const isOwn = demand.resourceOwner === undefined || demand.resourceOwner === principal.accountId;
  return isOwn && message !== '' ? message.replace(`on resource: ${demand.resource} `, `on resource: "${demand.resource}" `) : plain;
}
