import type { NetworkInterfaceRow } from '../../../store/ec2.ts';
import { demandOn, readsAll } from '../authorization.ts';
import { ownedBy } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import type { ResourceContext } from '../resources.ts';

/**
 * What is attached here was attached by a service (a job's interfaces), and only the service may detach it, forced or not.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachNetworkInterface.html
 */
export const detachNetworkInterface: Ec2Operation<'DetachNetworkInterface'> = {
  authorize(input, context) {
    const found = attachedAs(context, input.AttachmentId);
    if (found === undefined) return readsAll('DetachNetworkInterface')();
    return [demandOn(context, 'DetachNetworkInterface', found.networkInterfaceId)];
  },
  commit(input, context) {
    if (attachedAs(context, input.AttachmentId) === undefined) throw errors.attachmentNotFound(input.AttachmentId);
    throw errors.attachmentNotYours(input.AttachmentId);
  },
};

function attachedAs(context: ResourceContext, attachmentId: string): NetworkInterfaceRow | undefined {
  return ownedBy(context, context.store.ec2.networkInterfaces.list()).find(({ attachment }) => attachment?.attachmentId === attachmentId);
}
