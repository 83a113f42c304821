import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { hasDependencies } from '../errors.ts';
import { internetGatewayOf } from '../resources.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteInternetGateway.html */
export const deleteInternetGateway: Ec2Operation<'DeleteInternetGateway'> = {
  authorize: actsOn('DeleteInternetGateway', ({ InternetGatewayId }: Ec2Input<'DeleteInternetGateway'>) => [InternetGatewayId]),
  commit(input, context) {
    const { internetGatewayId, vpcId } = internetGatewayOf(context, input.InternetGatewayId);
    if (vpcId !== undefined) throw hasDependencies('internetGateway', internetGatewayId);
    const { ec2 } = context.store;
    ec2.internetGateways.delete(internetGatewayId);
    ec2.removeTags(internetGatewayId);
    return {};
  },
};
