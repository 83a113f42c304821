import type { ConditionContext } from '../../model/policy/decision.ts';
import { logsErrors } from './errors.ts';

type Tags = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html */
const tagsMax = 50;

/** `aws:RequestTag/KEY` and `aws:TagKeys`; nothing without tags. */
export function requestTagKeys(tags: Tags): ConditionContext {
  const keys = Object.keys(tags);
  if (keys.length === 0) return {};
  return { 'aws:TagKeys': keys, ...Object.fromEntries(keys.map((key) => [`aws:RequestTag/${key}`, [tags[key] ?? '']])) };
}

/** The tags of a resource with these added. */
export function withTags(resourceName: string, existing: Tags, added: Tags): Tags {
  for (const key of Object.keys(added)) {
    if (key.toLowerCase().startsWith('aws:')) throw logsErrors.invalidParameter('aws: prefixed tag key names are not allowed for external use.');
  }
  const tags = { ...existing, ...added };
  if (Object.keys(tags).length > tagsMax) throw logsErrors.tooManyTags(resourceName);
  return tags;
}
