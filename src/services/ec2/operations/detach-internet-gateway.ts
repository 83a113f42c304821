import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { hasPublicAddresses } from '../elastic-ip.ts';
import * as errors from '../errors.ts';
import { internetGatewayOf, vpcChanged, vpcOf } from '../resources.ts';

/** Routes to it stay, and lead nowhere. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachInternetGateway.html */
export const detachInternetGateway: Ec2Operation<'DetachInternetGateway'> = {
  authorize: actsOn('DetachInternetGateway', (input: Ec2Input<'DetachInternetGateway'>) => [input.InternetGatewayId, input.VpcId]),
  commit(input, context) {
    const gateway = internetGatewayOf(context, input.InternetGatewayId);
    const { vpcId } = vpcOf(context, input.VpcId);
    const { vpcId: attachedTo, ...detached } = gateway;
    if (attachedTo !== vpcId) throw errors.gatewayNotAttached(gateway.internetGatewayId, vpcId);
    if (hasPublicAddresses(context, vpcId)) throw errors.hasMappedAddresses(vpcId);
    const { internetGateways } = context.store.ec2;
    internetGateways.delete(gateway.internetGatewayId);
    internetGateways.insert(detached);
    vpcChanged(context, vpcId);
    return {};
  },
};
