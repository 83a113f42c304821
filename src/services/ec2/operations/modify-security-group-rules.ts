import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { groupOf, vpcChanged } from '../resources.ts';
import { checkRules } from '../security-group.ts';
import { requestedRule } from '../security-group-rule.ts';

/** All or none. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html */
export const modifySecurityGroupRules: Ec2Operation<'ModifySecurityGroupRules'> = {
  authorize: actsOn('ModifySecurityGroupRules', (input: Ec2Input<'ModifySecurityGroupRules'>) => [
    input.GroupId,
    ...input.SecurityGroupRules.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId),
  ]),
  commit(input, context) {
    const group = groupOf(context, input.GroupId);
    let { rules } = group;
    for (const { SecurityGroupRuleId: id, SecurityGroupRule: change } of input.SecurityGroupRules) {
      const before = rules.find(({ securityGroupRuleId }) => securityGroupRuleId === id);
      if (before === undefined) throw errors.ruleNotFound(id);
      if (change === undefined) throw errors.parameterRequired('securityGroupRule');
      const { securityGroupRuleId, direction } = before;
      const after = { securityGroupRuleId, direction, ...requestedRule(context, group, change) };
      rules = rules.map((rule) => (rule === before ? after : rule));
    }
    checkRules(context, rules);
    context.store.ec2.securityGroups.update(group.groupId, { rules });
    vpcChanged(context, group.vpcId);
    return { Return: true };
  },
};
