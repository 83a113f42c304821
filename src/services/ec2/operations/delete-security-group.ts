import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { vpcChanged } from '../resources.ts';
import { requestedGroup } from '../security-group.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html */
export const deleteSecurityGroup: Ec2Operation<'DeleteSecurityGroup'> = {
  authorize: actsOn('DeleteSecurityGroup', ({ GroupId }: Ec2Input<'DeleteSecurityGroup'>) => [GroupId]),
  commit(input, context) {
    const { groupId, groupName, vpcId, rules } = requestedGroup(context, input);
    if (groupName === 'default') throw errors.defaultGroupStays(groupId);
    const { ec2 } = context.store;
    const others = ec2.securityGroups.list({ vpcId }).filter((group) => group.groupId !== groupId);
    const referenced = others.some((group) => group.rules.some(({ peer }) => 'groupId' in peer && peer.groupId === groupId));
    const used = ec2.networkInterfaces.list({ vpcId }).some(({ groupIds }) => groupIds.includes(groupId));
    if (referenced || used) throw errors.groupInUse(groupId);
    ec2.securityGroups.delete(groupId);
    for (const id of [groupId, ...rules.map(({ securityGroupRuleId }) => securityGroupRuleId)]) ec2.removeTags(id);
    vpcChanged(context, vpcId);
    return { Return: true, GroupId: groupId };
  },
};
