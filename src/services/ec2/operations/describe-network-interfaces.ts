import { readsAll } from '../authorization.ts';
import { describe, ownedBy } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { networkInterfaceFilters, wireNetworkInterface } from '../network-interface.ts';
import { networkInterfaceOf } from '../resources.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html */
export const describeNetworkInterfaces: Ec2Operation<'DescribeNetworkInterfaces'> = {
  authorize: readsAll('DescribeNetworkInterfaces'),
  commit(input, context) {
    const { rows, nextToken } = describe(context, input, {
      ids: input.NetworkInterfaceIds,
      find: (id) => networkInterfaceOf(context, id),
      list: () => ownedBy(context, context.store.ec2.networkInterfaces.list()),
      idOf: ({ networkInterfaceId }) => networkInterfaceId,
      filters: networkInterfaceFilters(context),
    });
    return { NetworkInterfaces: rows.map((row) => wireNetworkInterface(context, row)), NextToken: nextToken };
  },
};
