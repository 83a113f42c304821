import { readsAll } from '../authorization.ts';
import { describe, ownedBy } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { routeTableOf } from '../resources.ts';
import { routeTableFilters, wireRouteTable } from '../route-table.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html */
export const describeRouteTables: Ec2Operation<'DescribeRouteTables'> = {
  authorize: readsAll('DescribeRouteTables'),
  commit(input, context) {
    const { rows, nextToken } = describe(context, input, {
      ids: input.RouteTableIds,
      find: (id) => routeTableOf(context, id),
      list: () => ownedBy(context, context.store.ec2.routeTables.list()),
      idOf: ({ routeTableId }) => routeTableId,
      filters: routeTableFilters(context),
    });
    return { RouteTables: rows.map((row) => wireRouteTable(context, row)), NextToken: nextToken };
  },
};
