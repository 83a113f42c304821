import { parseS3Uri, type S3Location } from '../../model/job/s3-uri.ts';
import { unknownArrival } from '../../model/policy/condition-keys.ts';
import type { Demand } from '../../model/policy/decision.ts';
import type { OperationContext } from '../operation.ts';
import { bucketDemand, objectDemand } from '../s3/demand.ts';
import { sagemakerErrors } from './errors.ts';
import { roleRefusal } from './role-refusal.ts';
import type { CreateTrainingJobInput } from './training-job-members.ts';

/**
 * Refuses a job whose role surely cannot read its input, or whose input is not there.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
 */
export function requireInputData(input: CreateTrainingJobInput, context: OperationContext): void {
  for (const { DataSource } of input.InputDataConfig ?? []) {
    const location = parseS3Uri(DataSource.S3DataSource?.S3Uri ?? '');
    if (location === undefined) throw sagemakerErrors.noS3Location('InputDataConfig.DataSource.S3DataSource.S3Uri');
    const { demand, finds } = readingOf(location, DataSource.S3DataSource?.S3DataType === 'ManifestFile');
    const reason = roleRefusal(input.RoleArn, location.bucket, context, demand);
    if (reason === undefined && finds(context)) continue;
    throw sagemakerErrors.noInputData(location.bucket, location.key, context.region, input.RoleArn, reason);
  }
}

/** The first request of a channel, as the instance agent makes it. */
interface Reading {
  readonly demand: (context: OperationContext) => Demand;
  readonly finds: (context: OperationContext) => boolean;
}

function readingOf({ bucket, key }: S3Location, isManifest: boolean): Reading {
  if (isManifest) {
    return {
      demand: (context) => objectDemand(context, 's3:GetObject', bucket, key, unknownArrival),
      finds: ({ store }) => store.s3.objects.findObject(bucket, key) !== undefined,
    };
  }
  return {
    demand: (context) => bucketDemand(context, 's3:ListBucket', bucket, { ...unknownArrival, 's3:prefix': [key] }),
    finds: ({ store }) => store.s3.objects.listObjects(bucket, { prefix: key, limit: 1 }).rows.length > 0,
  };
}
