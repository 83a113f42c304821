import { AwsError } from '../../aws/aws-error.ts';
import type { LogLine } from '../../drivers/container/container-driver.ts';
import type { TrainingJobContext } from './context.ts';

export const logGroupName = '/aws/sagemaker/TrainingJobs';

/** PutLogEvents takes 10,000 events or 1 MiB; smaller batches reach the reader sooner. */
const batchLines = 500;
const batchDelayMs = 200;
const lineLengthMax = 200_000; // An empty message is refused, so an empty line is sent as a space.

/**
 * Sends a container's lines to CloudWatch Logs with the execution role's credentials, whatever routes the VPC has: a job
 * without a route must still say why it failed (docs/assumptions.md). A role without `logs:` actions loses its lines, as on AWS.
 */
export async function shipLogs(context: TrainingJobContext, host: string, signal: AbortSignal): Promise<void> {
  const { containers, log } = context.services;
  const logStreamName = logStreamOf(context, host);
  let refused = !(await ensureStream(context, logStreamName));
  let batch: LogLine[] = [];
  const flush = async (): Promise<void> => {
    const lines = batch;
    batch = [];
    if (lines.length === 0 || refused) return;
    const logEvents = lines.map((line) => ({ timestamp: line.time.getTime(), message: line.text.slice(0, lineLengthMax) || ' ' }));
    try {
      await context.callAsRole('logs', 'PutLogEvents', { logGroupName, logStreamName, logEvents });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      refused = true;
      log('log lines are not delivered', { job: context.name, reason: error.message });
    }
  };
  const shipped = shippedLines(context, logStreamName);
  let flushing = Promise.resolve();
  const timer = setInterval(() => {
    flushing = flushing.then(flush);
  }, batchDelayMs);
  try {
    for await (const line of containers.logs(context.instanceId(host), shipped, signal)) {
      batch.push(line);
      if (batch.length >= batchLines) await (flushing = flushing.then(flush));
    }
  } finally {
    clearInterval(timer);
    await flushing.then(flush);
  }
}

/** https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html: JOB/algo-N-EPOCH */
function logStreamOf(context: TrainingJobContext, host: string): string {
  return `${context.name}/${host}-${Math.floor(Date.parse(context.row.createdAt) / 1000)}`;
}

/** A stream's events are the container's lines, one for one: a new daemon goes on behind the last. */
function shippedLines({ services: { store, accountId } }: TrainingJobContext, logStreamName: string): number {
  const group = store.logs.findGroup(accountId, logGroupName);
  return group === undefined ? 0 : (store.logs.findStream(group.groupId, logStreamName)?.sequence ?? 0);
}

async function ensureStream(context: TrainingJobContext, logStreamName: string): Promise<boolean> {
  const requests = [
    ['CreateLogGroup', { logGroupName }],
    ['CreateLogStream', { logGroupName, logStreamName }],
  ] as const;
  for (const [operation, input] of requests) {
    try {
      await context.callAsRole('logs', operation, input);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error.code === 'ResourceAlreadyExistsException') continue;
      context.services.log('log lines are not delivered', { job: context.name, reason: error.message });
      return false;
    }
  }
  return true;
}
