import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { networkInterfaceOf, vpcChanged } from '../resources.ts';

/** The one attribute that can be reset: the check is on again. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResetNetworkInterfaceAttribute.html */
export const resetNetworkInterfaceAttribute: Ec2Operation<'ResetNetworkInterfaceAttribute'> = {
  authorize: actsOn('ResetNetworkInterfaceAttribute', (input: Ec2Input<'ResetNetworkInterfaceAttribute'>) => [input.NetworkInterfaceId]),
  commit(input, context) {
    const { networkInterfaceId, vpcId, requesterManaged } = networkInterfaceOf(context, input.NetworkInterfaceId);
    if (input.SourceDestCheck === undefined) throw errors.parameterRequired('sourceDestCheck');
    if (requesterManaged) throw errors.authFailure();
    context.store.ec2.networkInterfaces.update(networkInterfaceId, { sourceDestCheck: true });
    vpcChanged(context, vpcId);
    return {};
  },
};
