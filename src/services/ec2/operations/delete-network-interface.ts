import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { networkInterfaceOf, vpcChanged } from '../resources.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkInterface.html */
export const deleteNetworkInterface: Ec2Operation<'DeleteNetworkInterface'> = {
  authorize: actsOn('DeleteNetworkInterface', ({ NetworkInterfaceId }: Ec2Input<'DeleteNetworkInterface'>) => [NetworkInterfaceId]),
  commit(input, context) {
    const { networkInterfaceId, vpcId, attachment, requesterManaged } = networkInterfaceOf(context, input.NetworkInterfaceId);
    if (requesterManaged) throw errors.authFailure();
    if (attachment !== undefined) throw errors.networkInterfaceInUse(networkInterfaceId);
    context.store.ec2.deleteNetworkInterface(networkInterfaceId);
    vpcChanged(context, vpcId);
    return {};
  },
};
