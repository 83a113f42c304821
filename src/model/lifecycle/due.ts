import { type Filtered, type LifecycleRule, matches, predicatesOf } from './rule.ts';

const dayMs = 24 * 60 * 60_000;

/**
 * So many days later, and then the next midnight UTC.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html#intro-lifecycle-rules-number-of-days
 */
export const midnightAfter = (time: string, days: number): Date => new Date((Math.floor(new Date(time).getTime() / dayMs) + days + 1) * dayMs);

export interface Expiry {
  readonly ruleId: string;
  readonly at: Date;
}

/** A current object. */
export interface LifecycleObject extends Filtered {
  readonly lastModified: string;
}

/** When the first of the rules takes the object away; undefined when none does. */
export function expiryOf(rules: readonly LifecycleRule[], object: LifecycleObject): Expiry | undefined {
  let first: Expiry | undefined;
  for (const rule of rules) {
    const at = rule.enabled && matches(rule, object) ? expiresAt(rule, object) : undefined;
    if (at !== undefined && (first === undefined || at < first.at)) first = { ruleId: rule.id, at };
  }
  return first;
}

function expiresAt({ expiration }: LifecycleRule, { lastModified }: LifecycleObject): Date | undefined {
  if (expiration === undefined || 'expiredObjectDeleteMarker' in expiration) return undefined;
  return 'date' in expiration ? new Date(expiration.date) : midnightAfter(lastModified, expiration.days);
}

/** A version that is not the newest of its key. */
export interface NoncurrentVersion extends Filtered {
  /** When the next newer version was made: since then it is not current. */
  readonly noncurrentSince: string;
  /** How many noncurrent versions of the key are newer. */
  readonly newerNoncurrent: number;
}

/** Whether a rule takes a noncurrent version away by now. Delete markers have no size and no tags. */
export function isNoncurrentDue(rules: readonly LifecycleRule[], version: NoncurrentVersion, now: Date): boolean {
  return rules.some(({ enabled, noncurrent, ...rule }) => {
    if (!enabled || noncurrent === undefined || !matches({ enabled, ...rule }, version)) return false;
    return version.newerNoncurrent >= (noncurrent.newerVersions ?? 0) && midnightAfter(version.noncurrentSince, noncurrent.days) <= now;
  });
}

/**
 * Whether a delete marker that is all there is of its key goes: by a rule that says so, or by one that expires objects
 * of its age. https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-configuration-examples.html
 */
export function isMarkerDue(rules: readonly LifecycleRule[], marker: { readonly key: string; readonly lastModified: string }, now: Date): boolean {
  const object = { ...marker, size: 0, tags: {} };
  return rules.some((rule) => {
    if (!rule.enabled || rule.expiration === undefined || !matches(rule, object)) return false;
    if ('expiredObjectDeleteMarker' in rule.expiration) return rule.expiration.expiredObjectDeleteMarker;
    const at = expiresAt(rule, object);
    return at !== undefined && at <= now;
  });
}

/** Whether a rule ends an unfinished upload by now. Only prefixes bear on uploads. */
export function isUploadDue(rules: readonly LifecycleRule[], upload: { readonly key: string; readonly initiatedAt: string }, now: Date): boolean {
  return rules.some(({ enabled, scope, abortUploadsAfterDays: days }) => {
    const { prefix = '' } = predicatesOf(scope);
    return enabled && days !== undefined && upload.key.startsWith(prefix) && midnightAfter(upload.initiatedAt, days) <= now;
  });
}
