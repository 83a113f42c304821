import { readsAll } from '../authorization.ts';
import { describe, ownedBy } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { vpcEndpointOf } from '../resources.ts';
import { vpcEndpointFilters, wireVpcEndpoint } from '../vpc-endpoint.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html */
export const describeVpcEndpoints: Ec2Operation<'DescribeVpcEndpoints'> = {
  authorize: readsAll('DescribeVpcEndpoints'),
  commit(input, context) {
    const { rows, nextToken } = describe(context, input, {
      ids: input.VpcEndpointIds,
      find: (id) => vpcEndpointOf(context, id),
      list: () => ownedBy(context, context.store.ec2.vpcEndpoints.list()),
      idOf: ({ vpcEndpointId }) => vpcEndpointId,
      filters: vpcEndpointFilters(context),
    });
    return { VpcEndpoints: rows.map((row) => wireVpcEndpoint(context, row)), NextToken: nextToken };
  },
};
