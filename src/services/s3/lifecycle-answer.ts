import type { LifecycleRule as AnsweredRule, LifecycleRuleFilter } from '@aws-sdk/client-s3';
import type { LifecycleFilter, LifecyclePredicates, LifecycleRule, LifecycleTag } from '../../model/lifecycle/rule.ts';
import { parseTime } from './object-description.ts';

/** A rule as it was put, with a name if it had none. */
export function answeredRule({ id, enabled, scope, expiration, noncurrent, abortUploadsAfterDays }: LifecycleRule): AnsweredRule {
  return {
    ID: id,
    Status: enabled ? 'Enabled' : 'Disabled',
    ...('prefix' in scope ? { Prefix: scope.prefix } : { Filter: answeredFilter(scope.filter) }),
    ...(expiration === undefined ? {} : { Expiration: answeredExpiration(expiration) }),
    ...(noncurrent === undefined
      ? {}
      : {
          NoncurrentVersionExpiration: {
            NoncurrentDays: noncurrent.days,
            ...(noncurrent.newerVersions === undefined ? {} : { NewerNoncurrentVersions: noncurrent.newerVersions }),
          },
        }),
    ...(abortUploadsAfterDays === undefined ? {} : { AbortIncompleteMultipartUpload: { DaysAfterInitiation: abortUploadsAfterDays } }),
  };
}

function answeredExpiration(expiration: NonNullable<LifecycleRule['expiration']>): NonNullable<AnsweredRule['Expiration']> {
  if ('days' in expiration) return { Days: expiration.days };
  if ('date' in expiration) return { Date: parseTime(expiration.date) };
  return { ExpiredObjectDeleteMarker: expiration.expiredObjectDeleteMarker };
}

function answeredFilter({ tag, and, ...own }: LifecycleFilter): LifecycleRuleFilter {
  if (and !== undefined) return { And: { ...answeredPredicates(and), ...(and.tags.length === 0 ? {} : { Tags: and.tags.map(answeredTag) }) } };
  return { ...answeredPredicates(own), ...(tag === undefined ? {} : { Tag: answeredTag(tag) }) };
}

const answeredTag = ({ key, value }: LifecycleTag) => ({ Key: key, Value: value });

const answeredPredicates = ({ prefix, sizeGreaterThan, sizeLessThan }: LifecyclePredicates) => ({
  ...(prefix === undefined ? {} : { Prefix: prefix }),
  ...(sizeGreaterThan === undefined ? {} : { ObjectSizeGreaterThan: sizeGreaterThan }),
  ...(sizeLessThan === undefined ? {} : { ObjectSizeLessThan: sizeLessThan }),
});
