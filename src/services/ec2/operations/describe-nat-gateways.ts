import { readsAll } from '../authorization.ts';
import { describe, ownedBy } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { isShown, natGatewayFilters, wireNatGateway } from '../nat-gateway.ts';
import { natGatewayOf } from '../resources.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNatGateways.html */
export const describeNatGateways: Ec2Operation<'DescribeNatGateways'> = {
  authorize: readsAll('DescribeNatGateways'),
  commit(input, context) {
    const request = { ...input, Filters: input.Filter };
    const { rows, nextToken } = describe(context, request, {
      ids: input.NatGatewayIds,
      find: (id) => natGatewayOf(context, id),
      list: () => ownedBy(context, context.store.ec2.natGateways.list()).filter((row) => isShown(context, row)),
      idOf: ({ natGatewayId }) => natGatewayId,
      filters: natGatewayFilters(context),
    });
    return { NatGateways: rows.map((row) => wireNatGateway(context, row)), NextToken: nextToken };
  },
};
