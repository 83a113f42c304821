import type { GroupEventRow, GroupPosition, LogStreamRow } from '../../../store/logs.ts';
import type { OperationContext } from '../../operation.ts';
import { logsErrors } from '../errors.ts';
import { pageOfEvents } from '../event-page.ts';
import { filterPattern } from '../filter-pattern.ts';
import { batchEventsMax } from '../../../model/logs/event-batch.ts';
import { keptSince, logsDemand, nameOfGroup, readToken, requireGroup, requireStream, writeToken } from '../log-group.ts';
import type { LogsInput, LogsOperation } from '../logs-operation.ts';

/** Streams that one request looks into, when it does not name them. */
const searchedStreamsMax = 10_000;

const behind = ({ timestamp, streamId, sequence }: GroupEventRow): GroupPosition => ({ timestamp, streamId, sequence: sequence + 1 });

function searched(input: LogsInput<'FilterLogEvents'>, context: OperationContext): readonly LogStreamRow[] {
  const { logStreamNames, logStreamNamePrefix = '' } = input;
  const group = requireGroup(context, nameOfGroup(input, context));
  if (logStreamNames === undefined) {
    return context.store.logs.listStreams(group.groupId, { prefix: logStreamNamePrefix, descending: false, limit: searchedStreamsMax });
  }
  if (logStreamNamePrefix !== '') {
    throw logsErrors.invalidParameter('You may not specify both logStreamNames and logStreamNamePrefix.');
  }
  return logStreamNames.map((name) => requireStream(context, group, name));
}

const answered = ({ logStreamName, timestamp, message, ingestedAt, streamId, sequence }: GroupEventRow) => ({
  logStreamName,
  timestamp,
  message,
  ingestionTime: ingestedAt,
  eventId: `${String(timestamp).padStart(16, '0')}${String(streamId).padStart(20, '0')}${String(sequence).padStart(20, '0')}`,
});

/**
 * Looks at `limit` events at most, as AWS may: an answer with fewer events, or none, and a token is not the end.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export const filterLogEvents: LogsOperation<'FilterLogEvents'> = {
  authorize: (input, context) => [logsDemand(context, 'logs:FilterLogEvents', nameOfGroup(input, context))],

  commit(input, context) {
    const { startTime = 0, endTime = Number.MAX_SAFE_INTEGER - 1, limit = batchEventsMax, nextToken, filterPattern: pattern = '' } = input;
    if (input.startFromHead === false) throw logsErrors.notImplemented('startFromHead false');
    const { store, now } = context;
    const matches = filterPattern(pattern);
    const group = requireGroup(context, nameOfGroup(input, context));
    const streams = searched(input, context);
    // Here both ends are inclusive.
    const range = { start: Math.max(startTime, keptSince(group, now)), end: endTime + 1 };
    const start = { timestamp: 0, streamId: 0, sequence: 0 };
    const position = nextToken === undefined ? start : readToken(nextToken, start);
    const looked = pageOfEvents<GroupEventRow>(pattern === '' ? limit : batchEventsMax, (last, count) =>
      store.logs.listGroupEvents(streams, last === undefined ? position : behind(last), range, count),
    );
    const found = looked.filter(({ message }) => matches(message)).slice(0, limit);
    const last = found.length === limit ? found.at(-1) : looked.at(-1);
    const more = last === undefined ? [] : store.logs.listGroupEvents(streams, behind(last), range, 1);
    return {
      events: found.map((event) => answered(event)),
      searchedLogStreams: [],
      ...(last === undefined || more.length === 0 ? {} : { nextToken: writeToken(behind(last)) }),
    };
  },
};
