import { logsErrors } from '../errors.ts';
import { logsDemand, requireGroup } from '../log-group.ts';
import type { LogsOperation } from '../logs-operation.ts';

const days = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const putRetentionPolicy: LogsOperation<'PutRetentionPolicy'> = {
  authorize: ({ logGroupName }, context) => [logsDemand(context, 'logs:PutRetentionPolicy', logGroupName)],

  commit({ logGroupName, retentionInDays }, context) {
    if (!days.includes(retentionInDays)) {
      throw logsErrors.invalidParameter(
        `1 validation error detected: Value '${retentionInDays}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${days.join(', ')}]`,
      );
    }
    context.store.logs.setRetention(requireGroup(context, logGroupName).groupId, retentionInDays);
    return {};
  },
};
