import { readsAll } from '../authorization.ts';
import { describe, ownedBy } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { permissionFilters, permissionOf, wirePermission } from '../network-interface-permission.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfacePermissions.html */
export const describeNetworkInterfacePermissions: Ec2Operation<'DescribeNetworkInterfacePermissions'> = {
  authorize: readsAll('DescribeNetworkInterfacePermissions'),
  commit(input, context) {
    const { rows, nextToken } = describe(context, input, {
      ids: input.NetworkInterfacePermissionIds,
      find: (id) => permissionOf(context, id),
      list: () => ownedBy(context, context.store.ec2.networkInterfacePermissions.list()),
      idOf: ({ networkInterfacePermissionId }) => networkInterfacePermissionId,
      filters: permissionFilters,
    });
    return { NetworkInterfacePermissions: rows.map((row) => wirePermission(row)), NextToken: nextToken };
  },
};
