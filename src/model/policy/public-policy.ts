import type { Condition, Policy, PrincipalElement, Statement } from './document.ts';
import { parseIpRange } from './ip-range.ts';

/**
 * Whether S3 calls a bucket policy public: it does unless every Allow is for fixed principals, or only under a
 * condition with fixed values. A Deny takes nothing back.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
export const isPublicPolicy = ({ statements }: Policy): boolean => statements.some(isPublic);

function isPublic({ effect, principal, conditions }: Statement): boolean {
  return effect === 'Allow' && (principal === undefined || isAnybody(principal)) && !conditions.some(isNarrow);
}

/** `NotPrincipal` is for all others. */
const isAnybody = ({ negated, members }: PrincipalElement): boolean => negated || members.AWS?.includes('*') === true;

/** Operators under which only the listed values match. `…IfExists`, `ForAllValues:` and negated ones let others in. */
const narrowing = new Set(['stringequals', 'stringequalsignorecase', 'stringlike', 'arnequals', 'arnlike']);

/** Keys that say who asks, or from which network or resource. */
const identifying = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  's3:dataaccesspointaccount',
]);

function isNarrow({ operator, key, values }: Condition): boolean {
  const name = operator.toLowerCase().replace(/^foranyvalue:/, '');
  const lowerCaseKey = key.toLowerCase();
  if (values.length === 0) return false;
  if (name === 'ipaddress') return lowerCaseKey === 'aws:sourceip' && values.every(isSmallRange);
  if (!narrowing.has(name)) return false;
  if (lowerCaseKey === 's3:dataaccesspointarn') return values.every(isOfOneAccount);
  return identifying.has(lowerCaseKey) && values.every(isFixed);
}

/** No wildcard and no policy variable. */
const isFixed = (value: string): boolean => !/[*?]|\$\{/.test(value);

/** Ranges broader than these are the public. */
const widest = { 32: 8, 128: 32 } as const;

function isSmallRange(value: string): boolean {
  const range = parseIpRange(value);
  return range !== undefined && range.prefixLength >= widest[range.bits];
}

/** The name of an access point may be a wildcard, the account it is of may not. */
function isOfOneAccount(value: string): boolean {
  const [arn, partition, service, region, accountId, ...name] = value.split(':');
  const fixed = [arn, partition, service, region ?? '', accountId ?? ''].join(':');
  return isFixed(fixed) && /^\d{12}$/.test(accountId ?? '') && name.join(':').startsWith('accesspoint/');
}
