import { logsErrors } from '../errors.ts';
import { logGroupArn, logGroupsMax, logsDemand } from '../log-group.ts';
import type { LogsOperation } from '../logs-operation.ts';
import { requestTagKeys, withTags } from '../tags.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
export const createLogGroup: LogsOperation<'CreateLogGroup'> = {
  authorize({ logGroupName, tags = {} }, context) {
    const keys = requestTagKeys(tags);
    const tagging = { action: 'logs:TagResource', resource: logGroupArn(context, logGroupName), context: keys };
    return [{ ...logsDemand(context, 'logs:CreateLogGroup', logGroupName), context: keys }, ...(Object.keys(tags).length === 0 ? [] : [tagging])];
  },

  commit({ logGroupName, kmsKeyId, tags = {}, logGroupClass, deletionProtectionEnabled }, context) {
    if (kmsKeyId !== undefined) throw logsErrors.notImplemented('kmsKeyId');
    if (deletionProtectionEnabled === true) throw logsErrors.notImplemented('deletionProtectionEnabled');
    if (logGroupClass !== undefined && logGroupClass !== 'STANDARD') throw logsErrors.notImplemented(`logGroupClass ${logGroupClass}`);
    if (logGroupName.startsWith('aws/')) throw logsErrors.invalidParameter('Log groups starting with AWS/ are reserved for AWS.');
    const { logs } = context.store;
    const accountId = context.accountId;
    if (logs.findGroup(accountId, logGroupName) !== undefined) throw logsErrors.logGroupExists();
    if (logs.countGroups(accountId) >= logGroupsMax) throw logsErrors.limitExceeded();
    logs.insertGroup(accountId, logGroupName, context.now.getTime(), withTags(logGroupName, {}, tags));
    return {};
  },
};
