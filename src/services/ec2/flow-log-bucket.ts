import type { AwsError } from '../../aws/aws-error.ts';
import { deliveryAcl, deliveryPrincipal, deliverySourceArn, withDelivery } from '../../model/flow-logs/delivery.ts';
import { accountFolder } from '../../model/flow-logs/object-key.ts';
import type { AccessRequest } from '../../model/policy/decision.ts';
import { bucketPolicyProblem } from '../../model/policy/resource-policy.ts';
import type { S3Destination } from '../../store/flow-logs.ts';
import type { OperationContext } from '../operation.ts';
import { bucketDemand, objectDemand } from '../s3/demand.ts';
import { isBlocked } from '../s3/public-access.ts';
import * as errors from './errors.ts';

/**
 * The bucket must let the delivery service write. When it does not, and the caller may change its policy, the service is
 * let in, as AWS does it; else the flow log is not made.
 */
export function openBucketToDelivery(context: OperationContext, destination: S3Destination): void {
  const { store, region, accountId } = context;
  const { bucketName } = destination;
  const bucket = store.s3.buckets.find(bucketName);
  if (bucket === undefined) throw errors.bucketAbsent(bucketName);
  if (deliveryMayWrite(context, destination)) return;
  const mayChange = ['s3:GetBucketPolicy', 's3:PutBucketPolicy'].every((action) => {
    const { principal, arrival, now } = context;
    return (
      context.access.authorise({ principal, arrival, now, demand: bucketDemand(context, action, bucketName), request: context.marks }).verdict ===
      'allow'
    );
  });
  const policy = withDelivery(bucket.policy, { region, accountId, ...destination });
  if (!mayChange || bucketPolicyProblem(policy, bucketName) !== undefined || isBlocked(bucket, policy)) throw bucketClosed(context, destination);
  store.s3.buckets.update(bucketName, { policy });
  // A Deny of the bucket's own may stand in the way still.
  if (!deliveryMayWrite(context, destination)) throw bucketClosed(context, destination);
}

function deliveryMayWrite(context: OperationContext, destination: S3Destination): boolean {
  return context.access.authorise(deliveryRequest(context, destination)).verdict === 'allow';
}

/** What the delivery service is refused is what `cloister explain` tells of the request. */
function bucketClosed(context: OperationContext, destination: S3Destination): AwsError {
  const asked = deliveryRequest(context, destination);
  context.recordRefusal(asked, context.access.authorise(asked));
  return errors.bucketClosed(destination.bucketName);
}

function deliveryRequest(context: OperationContext, destination: S3Destination): AccessRequest {
  const { now, accountId } = context;
  const sourceArn = deliverySourceArn(context, 'fl-new');
  const demand = objectDemand(context, 's3:PutObject', destination.bucketName, `${accountFolder({ ...destination, accountId })}/file`, {
    's3:x-amz-acl': [deliveryAcl],
  });
  const arrival = { kind: 'service', servicePrincipal: deliveryPrincipal, sourceArn } as const;
  return { principal: { type: 'service', service: deliveryPrincipal }, arrival, now, demand };
}
