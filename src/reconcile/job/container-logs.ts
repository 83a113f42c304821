import { AwsError } from '../../aws/aws-error.ts';
import type { LogEvent } from '../../model/logs/event-batch.ts';
import type { InstanceRecord, JobContext, LogDestination } from './job-context.ts';
import { logDelivery, type LogDelivery } from './log-delivery.ts';
import { LogBatch } from './log-batch.ts';

const batchDelayMs = 200;
const logsEndMs = 5_000;
/** From a refusal to the next try, each twice the one before, and at most: of every refusal there is a record. */
const [retryFirstMs, retryMostMs] = [1_000, 300_000];

/** Reads lines of a host's log, of which the first has this number. Never rejects. */
type ReadLines = (first: number, events: readonly LogEvent[]) => Promise<void>;

/** Ships the lines of all instances, in the background and without ever rejecting: a job does not fail by its log. */
export function followLogs(context: JobContext, readerOf: (host: string) => ReadLines | undefined): { end(): Promise<void> } {
  const following = new AbortController();
  const shipping = context.instances.map(async (instance) => {
    const { host } = instance;
    try {
      await shipLogs(context, instance, readerOf(host), following.signal);
    } catch (error) {
      context.services.log('log lines were lost', { job: context.name, host, error: String(error) });
    }
  });
  return {
    async end() {
      // The last lines are still on their way. A daemon that ends does not wait for them: the next one reads on.
      const timer = setTimeout(() => following.abort(), context.signals.shutdown.aborted ? 0 : logsEndMs);
      await Promise.all(shipping);
      clearTimeout(timer);
    },
  };
}

/**
 * Sends a container's lines to CloudWatch Logs with the execution role's credentials, whatever routes the VPC has, unless
 * the operator wants it strict: a job without a route must still say why it failed (docs/assumptions.md). What is refused
 * stays in the container's log and is tried again, at last when the container has ended: a route, an endpoint or a permission
 * may come while the job runs.
 */
async function shipLogs(context: JobContext, instance: InstanceRecord, read: ReadLines | undefined, signal: AbortSignal): Promise<void> {
  let pauseMs = retryFirstMs;
  let isLast = false;
  for (let number = 0; !signal.aborted; number += 1) {
    const attempt = await shipOnce(context, instance, { number, read, signal, pauseMs });
    if (!attempt.isRefused || isLast) return;
    isLast = attempt.isEnded;
    pauseMs = attempt.hasDelivered ? retryFirstMs : Math.min(2 * pauseMs, retryMostMs);
  }
}

interface Attempt {
  readonly number: number;
  readonly read: ReadLines | undefined;
  readonly signal: AbortSignal;
  /** From a refusal to the end of the attempt. */
  readonly pauseMs: number;
}

/** Ships from the first line that was not delivered, to the end of the log, or until a refusal is to be tried again. */
async function shipOnce(context: JobContext, instance: InstanceRecord, { number, read, signal, pauseMs }: Attempt) {
  const { host } = instance;
  const delivery = logDelivery(context, instance);
  // An agent that did a call does not do it twice: what was there may be gone.
  const deliver: LogDelivery = async (operation, input, orderId) => await delivery(operation, input, `${orderId}-${number}`);
  const destination = context.logDestination(host);
  const { logGroupName, logStreamName } = destination;
  const retry = new AbortController();
  const reading = AbortSignal.any([signal, retry.signal]);
  let retryTimer: NodeJS.Timeout | undefined;
  let [isRefused, hasDelivered] = [false, false];
  const refuse = (error: unknown): void => {
    isRefused = true;
    tellLost(context, host, error);
    retryTimer = setTimeout(() => retry.abort(), pauseMs);
  };
  await ensureStream(context, deliver, destination, refuse);
  const batch = new LogBatch();
  const shipped = shippedLines(context, destination);
  let taken = shipped;
  const send = async (): Promise<void> => {
    const logEvents = batch.take();
    if (logEvents.length === 0) return;
    // First: a line that was delivered is not read again.
    await read?.(taken, logEvents);
    taken += logEvents.length;
    if (isRefused) return;
    try {
      await deliver('PutLogEvents', { logGroupName, logStreamName, logEvents }, `put-log-events-${taken - logEvents.length}`);
      hasDelivered = true;
      tellDelivered(context, host);
    } catch (error) {
      // What the next daemon sends is not lost.
      if (!context.signals.shutdown.aborted) refuse(error);
    }
  };
  // One request at a time, in order; `send` never rejects.
  let sending = Promise.resolve();
  const flush = async (): Promise<void> => await (sending = sending.then(send));
  const timer = setInterval(() => void flush(), batchDelayMs);
  try {
    for await (const line of context.services.containers.logs(context.instanceId(host), shipped, reading)) {
      while (!batch.add(line)) await flush();
    }
  } finally {
    clearInterval(timer);
    await flush();
    clearTimeout(retryTimer);
  }
  return { isRefused, hasDelivered, isEnded: !reading.aborted };
}

/** A stream's events are the container's lines, one for one: a new daemon goes on behind the last. */
function shippedLines({ services }: JobContext, destination: LogDestination): number {
  return Math.max(0, eventsIn(services, destination) - destination.eventsBefore);
}

/** How many events a stream has had. */
export function eventsIn(
  { store, accountId }: JobContext['services'],
  { logGroupName, logStreamName }: Pick<LogDestination, 'logGroupName' | 'logStreamName'>,
): number {
  const group = store.logs.findGroup(accountId, logGroupName);
  return group === undefined ? 0 : (store.logs.findStream(group.groupId, logStreamName)?.sequence ?? 0);
}

/** Group and stream, made when they are not there. */
async function ensureStream(
  context: JobContext,
  deliver: LogDelivery,
  { logGroupName, logStreamName }: LogDestination,
  refuse: (error: unknown) => void,
): Promise<void> {
  const requests = [
    ['CreateLogGroup', { logGroupName }],
    ['CreateLogStream', { logGroupName, logStreamName }],
  ] as const;
  for (const [operation, input] of requests) {
    try {
      await deliver(operation, input, operation);
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ResourceAlreadyExistsException') continue;
      if (context.signals.shutdown.aborted) throw error;
      refuse(error);
      return;
    }
  }
}

/** Kept with the job: a log that is not there does not say why. */
function tellLost(context: JobContext, host: string, error: unknown): void {
  const { store, log } = context.services;
  const reason = error instanceof Error ? error.message : String(error);
  if (context.row.logsLost?.[host] === reason) return;
  log('log lines are not delivered', { job: context.name, host, reason });
  store.transact(() => context.update({ logsLost: { ...context.row.logsLost, [host]: reason } }));
}

/** Every line before is there now. */
function tellDelivered(context: JobContext, host: string): void {
  const { store, log } = context.services;
  const { [host]: reason, ...others } = context.row.logsLost ?? {};
  if (reason === undefined) return;
  log('log lines are delivered again', { job: context.name, host });
  store.transact(() => context.update({ logsLost: others }));
}
