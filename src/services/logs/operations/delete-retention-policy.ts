import { logsDemand, requireGroup } from '../log-group.ts';
import type { LogsOperation } from '../logs-operation.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteRetentionPolicy.html */
export const deleteRetentionPolicy: LogsOperation<'DeleteRetentionPolicy'> = {
  authorize: ({ logGroupName }, context) => [logsDemand(context, 'logs:DeleteRetentionPolicy', logGroupName)],

  commit({ logGroupName }, context) {
    context.store.logs.setRetention(requireGroup(context, logGroupName).groupId, null);
    return {};
  },
};
