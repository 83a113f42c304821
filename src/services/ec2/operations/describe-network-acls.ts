import { readsAll } from '../authorization.ts';
import { describe, ownedBy } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { networkAclFilters, wireNetworkAcl } from '../network-acl.ts';
import { networkAclOf } from '../resources.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkAcls.html */
export const describeNetworkAcls: Ec2Operation<'DescribeNetworkAcls'> = {
  authorize: readsAll('DescribeNetworkAcls'),
  commit(input, context) {
    const { rows, nextToken } = describe(context, input, {
      ids: input.NetworkAclIds,
      find: (id) => networkAclOf(context, id),
      list: () => ownedBy(context, context.store.ec2.networkAcls.list()),
      idOf: ({ networkAclId }) => networkAclId,
      filters: networkAclFilters,
    });
    return { NetworkAcls: rows.map((row) => wireNetworkAcl(context, row)), NextToken: nextToken };
  },
};
