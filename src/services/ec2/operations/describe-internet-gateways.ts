import { readsAll } from '../authorization.ts';
import { describe, ownedBy } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { internetGatewayFilters, wireInternetGateway } from '../internet-gateway.ts';
import { internetGatewayOf } from '../resources.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInternetGateways.html */
export const describeInternetGateways: Ec2Operation<'DescribeInternetGateways'> = {
  authorize: readsAll('DescribeInternetGateways'),
  commit(input, context) {
    const { rows, nextToken } = describe(context, input, {
      ids: input.InternetGatewayIds,
      find: (id) => internetGatewayOf(context, id),
      list: () => ownedBy(context, context.store.ec2.internetGateways.list()),
      idOf: ({ internetGatewayId }) => internetGatewayId,
      filters: internetGatewayFilters,
    });
    return { InternetGateways: rows.map((row) => wireInternetGateway(context, row)), NextToken: nextToken };
  },
};
