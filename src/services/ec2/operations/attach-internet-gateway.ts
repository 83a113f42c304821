import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { internetGatewayOfVpc } from '../internet-gateway.ts';
import { internetGatewayOf, vpcChanged, vpcOf } from '../resources.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachInternetGateway.html */
export const attachInternetGateway: Ec2Operation<'AttachInternetGateway'> = {
  authorize: actsOn('AttachInternetGateway', (input: Ec2Input<'AttachInternetGateway'>) => [input.InternetGatewayId, input.VpcId]),
  commit(input, context) {
    const gateway = internetGatewayOf(context, input.InternetGatewayId);
    const { internetGatewayId } = gateway;
    const { vpcId } = vpcOf(context, input.VpcId);
    if (gateway.vpcId !== undefined) throw errors.gatewayAlreadyAttached(internetGatewayId, gateway.vpcId);
    if (internetGatewayOfVpc(context, vpcId) !== undefined) throw errors.vpcHasGateway(vpcId);
    context.store.ec2.internetGateways.update(internetGatewayId, { vpcId });
    vpcChanged(context, vpcId);
    return {};
  },
};
