import { readsAll } from '../authorization.ts';
import { describe } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { vpcOf } from '../resources.ts';
import { vpcFilters, wireVpc } from '../vpc.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html */
export const describeVpcs: Ec2Operation<'DescribeVpcs'> = {
  authorize: readsAll('DescribeVpcs'),
  commit(input, context) {
    const { rows, nextToken } = describe(context, input, {
      ids: input.VpcIds,
      find: (id) => vpcOf(context, id),
      list: () => context.store.ec2.vpcs.list({ ownerId: context.accountId }),
      idOf: ({ vpcId }) => vpcId,
      filters: vpcFilters,
    });
    return { Vpcs: rows.map((row) => wireVpc(context, row)), NextToken: nextToken };
  },
};
