import { logsErrors } from '../errors.ts';
import { logGroupArn, logGroupsMax, logsDemand } from '../log-group.ts';
import type { LogsOperation } from '../logs-operation.ts';
import { withTags } from '../tags.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
export const createLogGroup: LogsOperation<'CreateLogGroup'> = {
  authorize: ({ logGroupName, tags = {} }, context) => [
    logsDemand(context, 'logs:CreateLogGroup', logGroupName),
    ...(Object.keys(tags).length === 0 ? [] : [{ action: 'logs:TagResource', resource: logGroupArn(context, logGroupName) }]),
  ],

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
