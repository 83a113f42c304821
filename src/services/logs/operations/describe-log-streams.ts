import type { LogGroupRow, LogStreamRow } from '../../../store/logs.ts';
import type { OperationContext } from '../../operation.ts';
import { logsErrors } from '../errors.ts';
import { describedMax, logsDemand, logStreamArn, nameOfGroup, readToken, requireGroup, sequenceToken, writeToken } from '../log-group.ts';
import type { LogsInput, LogsOperation } from '../logs-operation.ts';

const lastEventOf = ({ lastEventAt, createdAt }: LogStreamRow): number => lastEventAt ?? createdAt;

function found(input: LogsInput<'DescribeLogStreams'>, group: LogGroupRow, context: OperationContext, limit: number): LogStreamRow[] {
  const { logStreamNamePrefix = '', orderBy, descending = false, nextToken } = input;
  const after = nextToken === undefined ? undefined : readToken(nextToken, { at: 0, logStreamName: '' });
  if (orderBy !== 'LastEventTime') {
    const query = { prefix: logStreamNamePrefix, descending, limit, ...(after === undefined ? {} : { after: after.logStreamName }) };
    return context.store.logs.listStreams(group.groupId, query);
  }
  if (logStreamNamePrefix !== '') throw logsErrors.invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
  return context.store.logs.listStreamsByLastEvent(group.groupId, { descending, limit, ...(after === undefined ? {} : { after }) });
}

const described = (stream: LogStreamRow, group: LogGroupRow, context: OperationContext) => ({
  logStreamName: stream.logStreamName,
  creationTime: stream.createdAt,
  ...(stream.firstEventAt === null ? {} : { firstEventTimestamp: stream.firstEventAt }),
  ...(stream.lastEventAt === null ? {} : { lastEventTimestamp: stream.lastEventAt }),
  ...(stream.lastIngestedAt === null ? {} : { lastIngestionTime: stream.lastIngestedAt }),
  uploadSequenceToken: sequenceToken(stream, stream.sequence),
  arn: logStreamArn(context, group.logGroupName, stream.logStreamName),
  // Zero for every stream since June 2019.
  storedBytes: 0,
});

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html */
export const describeLogStreams: LogsOperation<'DescribeLogStreams'> = {
  authorize: (input, context) => [logsDemand(context, 'logs:DescribeLogStreams', nameOfGroup(input, context))],

  commit(input, context) {
    const { limit = describedMax } = input;
    const group = requireGroup(context, nameOfGroup(input, context));
    const streams = found(input, group, context, limit + 1);
    const page = streams.slice(0, limit);
    const last = page.at(-1);
    return {
      logStreams: page.map((stream) => described(stream, group, context)),
      ...(last !== undefined && streams.length > limit
        ? { nextToken: writeToken({ at: lastEventOf(last), logStreamName: last.logStreamName }) }
        : {}),
    };
  },
};
