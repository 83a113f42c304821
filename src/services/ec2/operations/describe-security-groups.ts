import { readsAll } from '../authorization.ts';
import { describe, ownedBy } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { groupNotFound } from '../errors.ts';
import { groupOf } from '../resources.ts';
import { groupFilters, wireGroup } from '../security-group.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
export const describeSecurityGroups: Ec2Operation<'DescribeSecurityGroups'> = {
  authorize: readsAll('DescribeSecurityGroups'),
  commit(input, context) {
    // Names are looked for in the default VPC only, and there is none.
    const [name] = input.GroupNames ?? [];
    if (name !== undefined) throw groupNotFound(name);
    const { rows, nextToken } = describe(context, input, {
      ids: input.GroupIds,
      find: (id) => groupOf(context, id),
      list: () => ownedBy(context, context.store.ec2.securityGroups.list()),
      idOf: ({ groupId }) => groupId,
      filters: groupFilters,
    });
    return { SecurityGroups: rows.map((row) => wireGroup(context, row)), NextToken: nextToken };
  },
};
