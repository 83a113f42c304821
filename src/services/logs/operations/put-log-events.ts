import { batchBytesMax, batchEventsMax, batchSpanMs, eventBytes } from '../../../model/logs/event-batch.ts';
import type { LogGroupRow } from '../../../store/logs.ts';
import { logsErrors } from '../errors.ts';
import { keptSince, logsDemand, requireGroup, requireStream, sequenceToken } from '../log-group.ts';
import type { LogsInput, LogsOperation } from '../logs-operation.ts';

type Events = LogsInput<'PutLogEvents'>['logEvents'];

const tooNewMs = 2 * 3_600_000;
const tooOldMs = 14 * 86_400_000;

/** What fails the whole batch. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
function checkBatch(events: Events): void {
  if (events.length === 0 || events.length > batchEventsMax) {
    throw logsErrors.invalidParameter(
      `1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length between 1 and ${batchEventsMax}`,
    );
  }
  let bytes = 0;
  let last = 0;
  for (const event of events) {
    const size = eventBytes(event);
    if (size > batchBytesMax) throw logsErrors.invalidParameter(`Log event too large: ${size} bytes exceeds limit of ${batchBytesMax}`);
    bytes += size;
    if (event.timestamp < last) throw logsErrors.invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
    last = event.timestamp;
  }
  if (bytes > batchBytesMax) throw logsErrors.invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${batchBytesMax}`);
}

/** Events outside the times that are taken: counted from the ends of a batch in order of time. */
function sortOut(events: Events, group: LogGroupRow, now: Date) {
  const [oldest, newest, kept] = [now.getTime() - tooOldMs, now.getTime() + tooNewMs, keptSince(group, now)];
  const tooOld = events.filter(({ timestamp }) => timestamp < oldest).length;
  const expired = events.filter(({ timestamp }) => timestamp < kept).length;
  const start = events.findIndex(({ timestamp }) => timestamp > newest);
  const taken = events.slice(Math.max(tooOld, expired), start < 0 ? events.length : start);
  const first = taken[0]?.timestamp ?? 0;
  if ((taken.at(-1)?.timestamp ?? 0) - first > batchSpanMs) {
    throw logsErrors.invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
  }
  const rejected = {
    ...(start < 0 ? {} : { tooNewLogEventStartIndex: start }),
    ...(tooOld === 0 ? {} : { tooOldLogEventEndIndex: tooOld }),
    ...(expired === 0 ? {} : { expiredLogEventEndIndex: expired }),
  };
  return { taken, rejected };
}

/** Sequence tokens are accepted and not looked at. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export const putLogEvents: LogsOperation<'PutLogEvents'> = {
  authorize: ({ logGroupName, logStreamName }, context) => [logsDemand(context, 'logs:PutLogEvents', logGroupName, logStreamName)],

  commit({ logGroupName, logStreamName, logEvents, entity }, context) {
    checkBatch(logEvents);
    const group = requireGroup(context, logGroupName);
    const stream = requireStream(context, group, logStreamName);
    const { taken, rejected } = sortOut(logEvents, group, context.now);
    if (taken.length > 0) {
      const bytes = taken.reduce((sum, event) => sum + eventBytes(event), 0);
      context.store.logs.insertEvents(stream, taken, context.now.getTime(), bytes);
    }
    return {
      nextSequenceToken: sequenceToken(stream, stream.sequence + taken.length),
      ...(Object.keys(rejected).length === 0 ? {} : { rejectedLogEventsInfo: rejected }),
      // The events are taken; what they belong to is not kept.
      ...(entity === undefined ? {} : { rejectedEntityInfo: { errorType: 'UnsupportedLogGroupType' as const } }),
    };
  },
};
