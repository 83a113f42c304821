import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { requestedGroup, revokeRules, rulesToRevoke } from '../security-group.ts';
import { requestedRules } from '../security-group-permission.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html */
export const revokeSecurityGroupIngress: Ec2Operation<'RevokeSecurityGroupIngress'> = {
  authorize: actsOn('RevokeSecurityGroupIngress', ({ GroupId }: Ec2Input<'RevokeSecurityGroupIngress'>) => [GroupId]),
  commit(input, context) {
    const group = requestedGroup(context, input);
    const revoked = rulesToRevoke(group, 'ingress', input.SecurityGroupRuleIds ?? [], requestedRules(context, group, input));
    return { Return: true, RevokedSecurityGroupRules: revokeRules(context, group, revoked) };
  },
};
