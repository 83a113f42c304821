import { AwsError } from '../../aws/aws-error.ts';
import { trainingLogGroupName as logGroupName, trainingLogStreamName } from '../../model/job/log-stream.ts';
import type { InstanceRecord, TrainingJobContext } from './context.ts';
import { logDelivery, type LogDelivery } from './log-delivery.ts';
import { JobMetrics } from './job-metrics.ts';
import { LogBatch } from './log-batch.ts';

const batchDelayMs = 200;

/**
 * Sends a container's lines to CloudWatch Logs with the execution role's credentials, whatever routes the VPC has, unless
 * the operator wants it strict: a job without a route must still say why it failed (docs/assumptions.md). A role without
 * `logs:` actions loses its lines, as on AWS.
 */
export async function shipLogs(context: TrainingJobContext, instance: InstanceRecord, signal: AbortSignal): Promise<void> {
  const { host } = instance;
  const { containers } = context.services;
  const deliver = logDelivery(context, instance);
  const logStreamName = trainingLogStreamName(context.name, host, new Date(context.row.createdAt));
  let refused = !(await ensureStream(context, host, deliver, logStreamName));
  const batch = new LogBatch();
  const metrics = new JobMetrics(context, host);
  const shipped = shippedLines(context, logStreamName);
  let taken = shipped;
  const send = async (): Promise<void> => {
    const logEvents = batch.take();
    if (logEvents.length === 0) return;
    // First: a line that was delivered is not read again.
    await metrics.read(taken, logEvents);
    taken += logEvents.length;
    if (refused) return;
    try {
      await deliver('PutLogEvents', { logGroupName, logStreamName, logEvents }, `put-log-events-${taken - logEvents.length}`);
    } catch (error) {
      // What the next daemon sends is not lost.
      if (context.signals.shutdown.aborted) return;
      refused = true;
      tellLost(context, host, error);
    }
  };
  // One request at a time, in order; `send` never rejects.
  let sending = Promise.resolve();
  const flush = async (): Promise<void> => await (sending = sending.then(send));
  const timer = setInterval(() => void flush(), batchDelayMs);
  try {
    for await (const line of containers.logs(context.instanceId(host), shipped, signal)) {
      while (!batch.add(line)) await flush();
    }
  } finally {
    clearInterval(timer);
    await flush();
  }
}

/** A stream's events are the container's lines, one for one: a new daemon goes on behind the last. */
function shippedLines({ services: { store, accountId } }: TrainingJobContext, logStreamName: string): number {
  const group = store.logs.findGroup(accountId, logGroupName);
  return group === undefined ? 0 : (store.logs.findStream(group.groupId, logStreamName)?.sequence ?? 0);
}

async function ensureStream(context: TrainingJobContext, host: string, deliver: LogDelivery, logStreamName: string): Promise<boolean> {
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
      tellLost(context, host, error);
      return false;
    }
  }
  return true;
}

/** Kept with the job: a log that is not there does not say why. */
function tellLost(context: TrainingJobContext, host: string, error: unknown): void {
  const { store, log } = context.services;
  const reason = error instanceof Error ? error.message : String(error);
  log('log lines are not delivered', { job: context.name, host, reason });
  store.transact(() => {
    store.sagemaker.trainingJobs.update(context.name, { logsLost: { ...context.row.logsLost, [host]: reason } });
  });
}
