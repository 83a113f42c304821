import { logsDemand, requireGroup, requireStream } from '../log-group.ts';
import type { LogsOperation } from '../logs-operation.ts';

/** With its events. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogStream.html */
export const deleteLogStream: LogsOperation<'DeleteLogStream'> = {
  authorize: ({ logGroupName, logStreamName }, context) => [logsDemand(context, 'logs:DeleteLogStream', logGroupName, logStreamName)],

  commit({ logGroupName, logStreamName }, context) {
    const group = requireGroup(context, logGroupName);
    context.store.logs.deleteStream(requireStream(context, group, logStreamName).streamId);
    return {};
  },
};
