import { readsAll } from '../authorization.ts';
import { describe } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { allRules, ruleOf } from '../resources.ts';
import { wireRule } from '../security-group.ts';
import { ruleFilters } from '../security-group-rule.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html */
export const describeSecurityGroupRules: Ec2Operation<'DescribeSecurityGroupRules'> = {
  authorize: readsAll('DescribeSecurityGroupRules'),
  commit(input, context) {
    const idOf = ({ rule }: { rule: { securityGroupRuleId: string } }): string => rule.securityGroupRuleId;
    const { rows, nextToken } = describe(context, input, {
      ids: input.SecurityGroupRuleIds,
      find: (id) => ruleOf(context, id),
      list: () => allRules(context).sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1)),
      idOf,
      filters: ruleFilters,
    });
    return { SecurityGroupRules: rows.map((row) => wireRule(context, row)), NextToken: nextToken };
  },
};
