import { actsOn, demandTagging } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { authorizeRules, requestedGroup } from '../security-group.ts';
import { requestedRules } from '../security-group-permission.ts';
import { requestedTags } from '../tags.ts';

const demandGroup = actsOn('AuthorizeSecurityGroupEgress', ({ GroupId }: Ec2Input<'AuthorizeSecurityGroupEgress'>) => [GroupId]);

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupEgress.html */
export const authorizeSecurityGroupEgress: Ec2Operation<'AuthorizeSecurityGroupEgress'> = {
  authorize: (input, context) => [
    ...demandGroup(input, context),
    ...demandTagging(context, 'AuthorizeSecurityGroupEgress', 'security-group-rule', input.TagSpecifications),
  ],
  commit(input, context) {
    const group = requestedGroup(context, input);
    const tags = requestedTags(input.TagSpecifications, 'security-group-rule');
    const rules = authorizeRules(context, group, 'egress', requestedRules(context, group, input), tags);
    return { Return: true, SecurityGroupRules: rules };
  },
};
