import { roleByArn } from '../../access/assume-role-demand.ts';
import { roleSession } from '../../access/role-session.ts';
import { executionSessionName, sagemakerPrincipal } from '../../model/job/execution-role.ts';
import type { AccessRequest, Demand } from '../../model/policy/decision.ts';
import { present } from '../../stdx/assert.ts';
import type { OperationContext } from '../operation.ts';
import { s3Errors } from '../s3/errors.ts';

/**
 * Why S3 will surely refuse an execution role what a job asks of a bucket, in S3's words: undefined when it is allowed, or may
 * be. How the job's requests will arrive is not known yet: a policy that looks at that is left to the request itself, which
 * comes from inside the VPC.
 * @param demandOf of the context in which the role asks
 */
export function roleRefusal(
  roleArn: string,
  bucketName: string,
  context: OperationContext,
  demandOf: (context: OperationContext) => Demand,
): string | undefined {
  const { access, store, now, recordRefusal } = context;
  const role = present(roleByArn(store, roleArn), 'a role that may be assumed exists');
  const principal = roleSession(role, executionSessionName, now);
  const demand = demandOf({ ...context, principal });
  const asked: AccessRequest = { principal, arrival: { kind: 'service', servicePrincipal: sagemakerPrincipal }, demand, now };
  const decision = access.authorise(asked);
  if (decision.verdict === 'deny') {
    recordRefusal(asked, decision);
    return decision.message;
  }
  return store.s3.buckets.find(bucketName) === undefined ? s3Errors.noSuchBucket({ BucketName: bucketName }).message : undefined;
}
