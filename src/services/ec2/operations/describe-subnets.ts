import { readsAll } from '../authorization.ts';
import { describe, ownedBy } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { subnetOf } from '../resources.ts';
import { subnetFilters, wireSubnet } from '../subnet.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
export const describeSubnets: Ec2Operation<'DescribeSubnets'> = {
  authorize: readsAll('DescribeSubnets'),
  commit(input, context) {
    const { rows, nextToken } = describe(context, input, {
      ids: input.SubnetIds,
      find: (id) => subnetOf(context, id),
      list: () => ownedBy(context, context.store.ec2.subnets.list()),
      idOf: ({ subnetId }) => subnetId,
      filters: subnetFilters(context),
    });
    return { Subnets: rows.map((row) => wireSubnet(context, row)), NextToken: nextToken };
  },
};
