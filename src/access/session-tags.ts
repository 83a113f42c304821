import { AwsError } from '../aws/aws-error.ts';
import type { IamTag } from '../store/iam.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html */
const sessionTagsMax = 50;

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

/** Keys are one whatever their case. What a chain hands on cannot be set again. */
export function checkSessionTags(tags: readonly IamTag[], transitiveTagKeys: readonly string[], inherited: readonly IamTag[]): void {
  const keys = new Set(tags.map(({ key }) => key.toLowerCase()));
  if (keys.size !== tags.length) throw invalid('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  if (tags.some(({ key }) => /^aws:/i.test(key))) throw invalid("Tag keys that begin with 'aws:' are reserved.");
  if (tags.length + inherited.length > sessionTagsMax)
    throw invalid(`A session has no more than ${sessionTagsMax} tags, with those that it takes over.`);
  if (inherited.some(({ key }) => keys.has(key.toLowerCase()))) {
    throw invalid("One of the specified tag keys can't be set because it conflicts with a transitive tag key from the calling session.");
  }
  if (transitiveTagKeys.some((key) => !keys.has(key.toLowerCase()))) {
    throw invalid('The specified transitive tag key must be included in the requested tags.');
  }
}
