import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { isShown } from '../nat-gateway.ts';
import { natGatewayOf, vpcChanged } from '../resources.ts';

/** Its address is free at once; routes to it stay, and lead nowhere. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNatGateway.html */
export const deleteNatGateway: Ec2Operation<'DeleteNatGateway'> = {
  authorize: actsOn('DeleteNatGateway', ({ NatGatewayId }: Ec2Input<'DeleteNatGateway'>) => [NatGatewayId]),
  commit(input, context) {
    const { natGatewayId, vpcId, address, deletedAt } = natGatewayOf(context, input.NatGatewayId);
    const { ec2 } = context.store;
    if (deletedAt === undefined) {
      if (address !== undefined) {
        ec2.deleteNetworkInterface(address.networkInterfaceId);
        vpcChanged(context, vpcId);
      }
      ec2.natGateways.update(natGatewayId, { deletedAt: context.now.toISOString(), generation: ec2.vpcs.get(vpcId).generation });
    }
    for (const row of ec2.natGateways.list()) {
      if (isShown(context, row)) continue;
      ec2.natGateways.delete(row.natGatewayId);
      ec2.removeTags(row.natGatewayId);
    }
    return { NatGatewayId: natGatewayId };
  },
};
