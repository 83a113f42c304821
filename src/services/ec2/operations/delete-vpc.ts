import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { hasDependencies } from '../errors.ts';
import { defaultAclOf, defaultGroupOf, mainRouteTableOf, vpcOf } from '../resources.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html */
export const deleteVpc: Ec2Operation<'DeleteVpc'> = {
  authorize: actsOn('DeleteVpc', ({ VpcId }: Ec2Input<'DeleteVpc'>) => [VpcId]),
  commit(input, context) {
    const { vpcId } = vpcOf(context, input.VpcId);
    const { ec2 } = context.store;
    const bornWith = { routeTable: mainRouteTableOf(context, vpcId), group: defaultGroupOf(context, vpcId), acl: defaultAclOf(context, vpcId) };
    const inUse =
      ec2.subnets.count({ vpcId }) > 0 ||
      ec2.vpcEndpoints.count({ vpcId }) > 0 ||
      ec2.internetGateways.count({ vpcId }) > 0 ||
      ec2.routeTables.count({ vpcId }) > 1 ||
      ec2.securityGroups.count({ vpcId }) > 1 ||
      ec2.networkAcls.count({ vpcId }) > 1;
    if (inUse) throw hasDependencies('vpc', vpcId);

    const ruleIds = bornWith.group.rules.map(({ securityGroupRuleId }) => securityGroupRuleId);
    const { routeTable, group, acl } = bornWith;
    for (const id of [vpcId, routeTable.routeTableId, group.groupId, acl.networkAclId, ...ruleIds]) ec2.removeTags(id);
    ec2.routeTables.delete(routeTable.routeTableId);
    ec2.securityGroups.delete(group.groupId);
    ec2.networkAcls.delete(acl.networkAclId);
    ec2.vpcs.delete(vpcId);
    context.wake('vpc-network');
    return {};
  },
};
