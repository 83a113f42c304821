import { nameOfArn, requireGroup } from '../log-group.ts';
import type { LogsOperation } from '../logs-operation.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagResource.html */
export const untagResource: LogsOperation<'UntagResource'> = {
  authorize: ({ resourceArn, tagKeys }) => [{ action: 'logs:UntagResource', resource: resourceArn, context: { 'aws:TagKeys': tagKeys } }],

  commit({ resourceArn, tagKeys }, context) {
    const { groupId, tags } = requireGroup(context, nameOfArn(resourceArn, context));
    const kept = Object.entries(tags).filter(([key]) => !tagKeys.includes(key));
    context.store.logs.setTags(groupId, Object.fromEntries(kept));
    return {};
  },
};
