import { parseS3Uri } from '../../model/job/s3-uri.ts';
import { unknownArrival } from '../../model/policy/condition-keys.ts';
import type { OperationContext } from '../operation.ts';
import { objectDemand } from '../s3/demand.ts';
import { sagemakerErrors } from './errors.ts';
import { roleRefusal } from './role-refusal.ts';
import { modelArtifactsOf } from './training-job-description.ts';
import type { CreateTrainingJobInput } from './training-job-members.ts';

/**
 * Refuses a job whose role surely cannot put its model where it is to go: it would train for nothing.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createtrainingjob-perms
 */
export function requireOutputLocation(input: CreateTrainingJobInput, context: OperationContext): void {
  const model = parseS3Uri(modelArtifactsOf(input));
  if (model === undefined) throw sagemakerErrors.noS3Location('OutputDataConfig.S3OutputPath');
  const { bucket, key } = model;
  const reason = roleRefusal(input.RoleArn, bucket, context, (asking) => objectDemand(asking, 's3:PutObject', bucket, key, unknownArrival));
  if (reason !== undefined) throw sagemakerErrors.noOutputLocation(bucket, key, context.region, input.RoleArn, reason);
}
