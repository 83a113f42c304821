import { logsErrors } from '../errors.ts';
import { logsDemand, requireGroup } from '../log-group.ts';
import type { LogsOperation } from '../logs-operation.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html */
export const createLogStream: LogsOperation<'CreateLogStream'> = {
  authorize: ({ logGroupName, logStreamName }, context) => [logsDemand(context, 'logs:CreateLogStream', logGroupName, logStreamName)],

  commit({ logGroupName, logStreamName }, context) {
    const { logs } = context.store;
    const { groupId } = requireGroup(context, logGroupName);
    if (logs.findStream(groupId, logStreamName) !== undefined) throw logsErrors.logStreamExists();
    logs.insertStream(groupId, logStreamName, context.now.getTime());
    return {};
  },
};
