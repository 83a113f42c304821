import { checkpointsLocation, refusalOfCheckpointsPath } from '../../model/job/checkpoints.ts';
import { sagemakerErrors } from './errors.ts';
import type { CreateTrainingJobInput } from './training-job-members.ts';

/** Refuses a place for checkpoints that cannot be had. */
export function checkCheckpoints({ CheckpointConfig: config }: CreateTrainingJobInput): void {
  if (config === undefined) return;
  const { S3Uri, LocalPath } = config;
  const location = checkpointsLocation({ S3Uri: S3Uri ?? '' });
  if (location === undefined) throw sagemakerErrors.noS3Location('CheckpointConfig.S3Uri');
  const refusal = refusalOfCheckpointsPath({ S3Uri: S3Uri ?? '', ...(LocalPath !== undefined && { LocalPath }) });
  if (refusal !== undefined) throw sagemakerErrors.memberRefused('CheckpointConfig.LocalPath', refusal);
}
