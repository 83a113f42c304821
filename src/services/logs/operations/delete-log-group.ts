import { logsDemand, requireGroup } from '../log-group.ts';
import type { LogsOperation } from '../logs-operation.ts';

/** With its streams and events. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html */
export const deleteLogGroup: LogsOperation<'DeleteLogGroup'> = {
  authorize: ({ logGroupName }, context) => [logsDemand(context, 'logs:DeleteLogGroup', logGroupName)],

  commit({ logGroupName }, context) {
    context.store.logs.deleteGroup(requireGroup(context, logGroupName).groupId);
    return {};
  },
};
