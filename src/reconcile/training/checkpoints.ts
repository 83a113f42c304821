import type { AgentCheckpoints } from '../../model/job/agent-orders.ts';
import { checkpointsLocation } from '../../model/job/checkpoints.ts';
import { present } from '../../stdx/assert.ts';
import type { InstanceRecord } from '../job/job-context.ts';
import type { TrainingJobContext } from './context.ts';
import { transfer } from '../job/transfer.ts';

function checkpointsOf({ request: { CheckpointConfig } }: TrainingJobContext): AgentCheckpoints | undefined {
  return CheckpointConfig && present(checkpointsLocation(CheckpointConfig), 'the operation requires an S3 URI');
}

/** Copies in what earlier jobs left, before any code runs. */
export async function restoreCheckpoints(context: TrainingJobContext, instance: InstanceRecord, signal: AbortSignal): Promise<void> {
  const checkpoints = checkpointsOf(context);
  const [kind, orderId] = ['restore-checkpoints', 'restore-checkpoints'] as const;
  if (checkpoints !== undefined) await transfer(context, instance, 'download', { kind, orderId, checkpoints }, signal);
}

/** Copies out what one instance writes, until told to finish and then what is left. */
export async function synchroniseCheckpoints(
  context: TrainingJobContext,
  instance: InstanceRecord,
  signal: AbortSignal,
  finish: AbortSignal,
): Promise<void> {
  const checkpoints = checkpointsOf(context);
  const [kind, orderId] = ['synchronise-checkpoints', 'synchronise-checkpoints'] as const;
  if (checkpoints !== undefined) await transfer(context, instance, 'upload', { kind, orderId, checkpoints }, signal, finish);
}
