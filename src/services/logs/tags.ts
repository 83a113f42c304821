import { logsErrors } from './errors.ts';

type Tags = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html */
export const tagsMax = 50;

/** The tags of a resource with these added. */
export function withTags(resourceName: string, existing: Tags, added: Tags): Tags {
  for (const key of Object.keys(added)) {
    if (key.toLowerCase().startsWith('aws:')) throw logsErrors.invalidParameter('aws: prefixed tag key names are not allowed for external use.');
  }
  const tags = { ...existing, ...added };
  if (Object.keys(tags).length > tagsMax) throw logsErrors.tooManyTags(resourceName);
  return tags;
}
