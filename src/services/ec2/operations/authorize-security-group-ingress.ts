import { actsOn, demandTagging } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { authorizeRules, requestedGroup } from '../security-group.ts';
import { requestedRules } from '../security-group-permission.ts';
import { requestedTags } from '../tags.ts';

const demandGroup = actsOn('AuthorizeSecurityGroupIngress', ({ GroupId }: Ec2Input<'AuthorizeSecurityGroupIngress'>) => [GroupId]);

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html */
export const authorizeSecurityGroupIngress: Ec2Operation<'AuthorizeSecurityGroupIngress'> = {
  authorize: (input, context) => [
    ...demandGroup(input, context),
    ...demandTagging(context, 'AuthorizeSecurityGroupIngress', 'security-group-rule', input.TagSpecifications),
  ],
  commit(input, context) {
    const group = requestedGroup(context, input);
    const tags = requestedTags(input.TagSpecifications, 'security-group-rule');
    const rules = authorizeRules(context, group, 'ingress', requestedRules(context, group, input), tags);
    return { Return: true, SecurityGroupRules: rules };
  },
};
