import { nameOfArn, requireGroup } from '../log-group.ts';
import type { LogsOperation } from '../logs-operation.ts';
import { requestTagKeys, withTags } from '../tags.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html */
export const tagResource: LogsOperation<'TagResource'> = {
  authorize: ({ resourceArn, tags }) => [{ action: 'logs:TagResource', resource: resourceArn, context: requestTagKeys(tags) }],

  commit({ resourceArn, tags }, context) {
    const group = requireGroup(context, nameOfArn(resourceArn, context));
    context.store.logs.setTags(group.groupId, withTags(resourceArn, group.tags, tags));
    return {};
  },
};
