/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export const batchEventsMax = 10_000;
/** Of one request or answer: messages, and 26 bytes for each event. */
export const batchBytesMax = 1_048_576;
/** From the first event of a batch to its last. */
export const batchSpanMs = 86_400_000;
const eventOverheadBytes = 26;

export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

export const eventBytes = ({ message }: Pick<LogEvent, 'message'>): number => Buffer.byteLength(message) + eventOverheadBytes;
