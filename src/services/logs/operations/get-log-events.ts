import type { LogEventRow, LogPosition, LogStreamRow, TimeRange } from '../../../store/logs.ts';
import type { OperationContext } from '../../operation.ts';
import { logsErrors } from '../errors.ts';
import { pageOfEvents } from '../event-page.ts';
import { batchEventsMax } from '../../../model/logs/event-batch.ts';
import { keptSince, logsDemand, nameOfGroup, requireGroup, requireStream } from '../log-group.ts';
import type { LogsOperation } from '../logs-operation.ts';

interface PageToken {
  readonly direction: 'f' | 'b';
  readonly position: LogPosition;
}

/** `f/TIME/SEQUENCE/s`: from this place on. `b/…`: before it. Equal places give equal tokens: that is how clients know the end. */
const token = (direction: 'f' | 'b', { timestamp, sequence }: LogPosition): string =>
  `${direction}/${String(timestamp).padStart(28, '0')}/${String(sequence).padStart(28, '0')}/s`;

function parseToken(text: string): PageToken {
  const [, direction, timestamp, sequence] = /^([fb])\/(\d{28})\/(\d{28})\/s$/.exec(text) ?? [];
  if (direction === undefined) throw logsErrors.invalidParameter('The specified nextToken is invalid.');
  return { direction: direction === 'f' ? 'f' : 'b', position: { timestamp: Number(timestamp), sequence: Number(sequence) } };
}

const before = ({ timestamp, sequence }: LogEventRow): LogPosition => ({ timestamp, sequence });
const behind = ({ timestamp, sequence }: LogEventRow): LogPosition => ({ timestamp, sequence: sequence + 1 });

/** The events of a page, oldest first. */
function readPage({ direction, position }: PageToken, { streamId }: LogStreamRow, range: TimeRange, limit: number, { store }: OperationContext) {
  if (direction === 'f') {
    return pageOfEvents<LogEventRow>(limit, (last, count) =>
      store.logs.listEventsFrom(streamId, last === undefined ? position : behind(last), range, count),
    );
  }
  const newestFirst = pageOfEvents<LogEventRow>(limit, (last, count) =>
    store.logs.listEventsBefore(streamId, last === undefined ? position : before(last), range, count),
  );
  return newestFirst.toReversed();
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html */
export const getLogEvents: LogsOperation<'GetLogEvents'> = {
  authorize: (input, context) => [logsDemand(context, 'logs:GetLogEvents', nameOfGroup(input, context), input.logStreamName)],

  commit(input, context) {
    const { startTime = 0, endTime = Number.MAX_SAFE_INTEGER, limit = batchEventsMax, nextToken, startFromHead = false } = input;
    const group = requireGroup(context, nameOfGroup(input, context));
    const stream = requireStream(context, group, input.logStreamName);
    const range = { start: Math.max(startTime, keptSince(group, context.now)), end: endTime };
    const head: PageToken = { direction: 'f', position: { timestamp: 0, sequence: 0 } };
    const tail: PageToken = { direction: 'b', position: { timestamp: Number.MAX_SAFE_INTEGER, sequence: 0 } };
    const asked = nextToken === undefined ? (startFromHead ? head : tail) : parseToken(nextToken);
    const events = readPage(asked, stream, range, limit, context);

    const [first, last] = [events[0], events.at(-1)];
    // Nothing there: both ways go on from here, and what comes later is found by going forward.
    const here = nextToken === undefined ? head.position : asked.position;
    return {
      events: events.map(({ timestamp, message, ingestedAt }) => ({ timestamp, message, ingestionTime: ingestedAt })),
      nextForwardToken: token('f', last === undefined ? here : behind(last)),
      nextBackwardToken: token('b', first === undefined ? here : before(first)),
    };
  },
};
