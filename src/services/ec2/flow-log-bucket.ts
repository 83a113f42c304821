import { deliveryAcl, deliveryPrincipal, deliverySourceArn, withDelivery } from '../../model/flow-logs/delivery.ts';
import { accountFolder } from '../../model/flow-logs/object-key.ts';
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
    return context.access.authorise({ principal, arrival, now, demand: bucketDemand(context, action, bucketName) }).verdict === 'allow';
  });
  const policy = withDelivery(bucket.policy, { region, accountId, ...destination });
  if (!mayChange || bucketPolicyProblem(policy, bucketName) !== undefined || isBlocked(bucket, policy)) throw errors.bucketClosed(bucketName);
  store.s3.buckets.update(bucketName, { policy });
  // A Deny of the bucket's own may stand in the way still.
  if (!deliveryMayWrite(context, destination)) throw errors.bucketClosed(bucketName);
}

function deliveryMayWrite(context: OperationContext, destination: S3Destination): boolean {
  const { access, now, accountId } = context;
  const sourceArn = deliverySourceArn(context, 'fl-new');
  const demand = objectDemand(context, 's3:PutObject', destination.bucketName, `${accountFolder({ ...destination, accountId })}/file`, {
    's3:x-amz-acl': [deliveryAcl],
  });
  const arrival = { kind: 'service', servicePrincipal: deliveryPrincipal, sourceArn } as const;
  return access.authorise({ principal: { type: 'service', service: deliveryPrincipal }, arrival, now, demand }).verdict === 'allow';
}
