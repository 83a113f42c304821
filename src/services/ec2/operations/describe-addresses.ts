import { readsAll } from '../authorization.ts';
import { describe, ownedBy } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { addressFilters, elasticIpAt, wireAddress } from '../elastic-ip.ts';
import { elasticIpOf } from '../resources.ts';

/** It knows no pages. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddresses.html */
export const describeAddresses: Ec2Operation<'DescribeAddresses'> = {
  authorize: readsAll('DescribeAddresses'),
  commit(input, context) {
    const byAddress = (input.PublicIps ?? []).map((address) => elasticIpAt(context, address).allocationId);
    const { rows } = describe(
      context,
      { Filters: input.Filters },
      {
        ids: [...(input.AllocationIds ?? []), ...byAddress],
        find: (id) => elasticIpOf(context, id),
        list: () => ownedBy(context, context.store.ec2.elasticIps.list()),
        idOf: ({ allocationId }) => allocationId,
        filters: addressFilters(context),
      },
    );
    return { Addresses: rows.map((row) => wireAddress(context, row)) };
  },
};
