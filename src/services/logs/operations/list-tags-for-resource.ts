import { nameOfArn, requireGroup } from '../log-group.ts';
import type { LogsOperation } from '../logs-operation.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html */
export const listTagsForResource: LogsOperation<'ListTagsForResource'> = {
  authorize: ({ resourceArn }) => [{ action: 'logs:ListTagsForResource', resource: resourceArn }],
  commit: ({ resourceArn }, context) => ({ tags: { ...requireGroup(context, nameOfArn(resourceArn, context)).tags } }),
};
