import { roleByArn } from '../../access/assume-role-demand.ts';
import { roleSession } from '../../access/role-session.ts';
import { executionSessionName, sagemakerPrincipal } from '../../model/job/execution-role.ts';
import { parseS3Uri, type S3Location } from '../../model/job/s3-uri.ts';
import { unknownArrival } from '../../model/policy/condition-keys.ts';
import type { AccessRequest, Demand } from '../../model/policy/decision.ts';
import { present } from '../../stdx/assert.ts';
import type { OperationContext } from '../operation.ts';
import { bucketDemand, objectDemand } from '../s3/demand.ts';
import { s3Errors } from '../s3/errors.ts';
import { sagemakerErrors } from './errors.ts';
import type { CreateTrainingJobInput } from './training-job-members.ts';

/**
 * Refuses a job whose role surely cannot read its input, or whose input is not there. How its requests will arrive is not
 * known yet: a policy that looks at that is left to the request itself, which comes from inside the VPC.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
 */
export function requireInputData(input: CreateTrainingJobInput, context: OperationContext): void {
  const role = present(roleByArn(context.store, input.RoleArn), 'a role that may be assumed exists');
  const principal = roleSession(role, executionSessionName, context.now);
  for (const { DataSource } of input.InputDataConfig ?? []) {
    const location = parseS3Uri(DataSource.S3DataSource?.S3Uri ?? '');
    if (location === undefined) continue;
    const read = readingOf(location, DataSource.S3DataSource?.S3DataType === 'ManifestFile', { ...context, principal });
    const refusal = refusalOf(read.demand, { ...context, principal });
    const isMissing = context.store.s3.buckets.find(location.bucket) === undefined;
    const reason = refusal ?? (isMissing ? s3Errors.noSuchBucket({ BucketName: location.bucket }).message : undefined);
    if (reason === undefined && read.finds()) continue;
    throw sagemakerErrors.noInputData(location.bucket, location.key, context.region, input.RoleArn, reason);
  }
}

/** The first request of a channel, as the instance agent makes it. */
interface Reading {
  readonly demand: Demand;
  readonly finds: () => boolean;
}

function readingOf({ bucket, key }: S3Location, isManifest: boolean, context: OperationContext): Reading {
  const { objects } = context.store.s3;
  if (isManifest) {
    return { demand: objectDemand(context, 's3:GetObject', bucket, key, unknownArrival), finds: () => objects.findObject(bucket, key) !== undefined };
  }
  return {
    demand: bucketDemand(context, 's3:ListBucket', bucket, { ...unknownArrival, 's3:prefix': [key] }),
    finds: () => objects.listObjects(bucket, { prefix: key, limit: 1 }).rows.length > 0,
  };
}

/** In S3's words. Undefined when the request is allowed, or may be. */
function refusalOf(demand: Demand, { access, principal, now, recordRefusal }: OperationContext): string | undefined {
  const asked: AccessRequest = { principal, arrival: { kind: 'service', servicePrincipal: sagemakerPrincipal }, demand, now };
  const decision = access.authorise(asked);
  if (decision.verdict !== 'deny') return undefined;
  recordRefusal(asked, decision);
  return decision.message;
}
