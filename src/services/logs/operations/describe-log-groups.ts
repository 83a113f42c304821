import type { LogGroupRow } from '../../../store/logs.ts';
import type { OperationContext } from '../../operation.ts';
import { logsErrors } from '../errors.ts';
import { describedMax, logGroupArn, logsDemand, readToken, writeToken } from '../log-group.ts';
import type { LogsOperation } from '../logs-operation.ts';

const described = (group: LogGroupRow, context: OperationContext) => ({
  logGroupName: group.logGroupName,
  creationTime: group.createdAt,
  ...(group.retentionInDays === null ? {} : { retentionInDays: group.retentionInDays }),
  metricFilterCount: 0,
  arn: `${logGroupArn(context, group.logGroupName)}:*`,
  storedBytes: group.storedBytes,
  logGroupClass: 'STANDARD' as const,
  logGroupArn: logGroupArn(context, group.logGroupName),
});

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html */
export const describeLogGroups: LogsOperation<'DescribeLogGroups'> = {
  authorize: (_input, context) => [logsDemand(context, 'logs:DescribeLogGroups', '')],

  commit(input, context) {
    const { logGroupNamePrefix, logGroupNamePattern, nextToken, limit = describedMax } = input;
    if ((input.accountIdentifiers ?? []).length > 0) throw logsErrors.notImplemented('accountIdentifiers');
    if (input.includeLinkedAccounts === true) throw logsErrors.notImplemented('includeLinkedAccounts');
    if ((input.logGroupIdentifiers ?? []).length > 0) throw logsErrors.notImplemented('logGroupIdentifiers');
    if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined) {
      throw logsErrors.invalidParameter('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
    }
    if (input.logGroupClass !== undefined && input.logGroupClass !== 'STANDARD') return { logGroups: [] };
    const after = nextToken === undefined ? '' : readToken(nextToken, { name: '' }).name;
    const query = { prefix: logGroupNamePrefix ?? '', part: logGroupNamePattern ?? '', after, limit: limit + 1 };
    const found = context.store.logs.listGroups(context.accountId, query);
    const page = found.slice(0, limit);
    return {
      logGroups: page.map((group) => described(group, context)),
      ...(found.length > limit ? { nextToken: writeToken({ name: page.at(-1)?.logGroupName }) } : {}),
    };
  },
};
