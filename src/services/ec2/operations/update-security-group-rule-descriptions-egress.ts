import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { requestedGroup } from '../security-group.ts';
import { describeRules } from '../security-group-rule.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UpdateSecurityGroupRuleDescriptionsEgress.html */
export const updateSecurityGroupRuleDescriptionsEgress: Ec2Operation<'UpdateSecurityGroupRuleDescriptionsEgress'> = {
  authorize: actsOn('UpdateSecurityGroupRuleDescriptionsEgress', ({ GroupId }: Ec2Input<'UpdateSecurityGroupRuleDescriptionsEgress'>) => [GroupId]),
  commit(input, context) {
    describeRules(context, requestedGroup(context, input), 'egress', input);
    return { Return: true };
  },
};
