import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { requestedGroup } from '../security-group.ts';
import { describeRules } from '../security-group-rule.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UpdateSecurityGroupRuleDescriptionsIngress.html */
export const updateSecurityGroupRuleDescriptionsIngress: Ec2Operation<'UpdateSecurityGroupRuleDescriptionsIngress'> = {
  authorize: actsOn('UpdateSecurityGroupRuleDescriptionsIngress', ({ GroupId }: Ec2Input<'UpdateSecurityGroupRuleDescriptionsIngress'>) => [GroupId]),
  commit(input, context) {
    describeRules(context, requestedGroup(context, input), 'ingress', input);
    return { Return: true };
  },
};
