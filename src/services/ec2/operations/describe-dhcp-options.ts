import { readsAll } from '../authorization.ts';
import { describe } from '../describe.ts';
import { dhcpOptionsFilters, dhcpSetOf, dhcpSetsOf, wireDhcpOptions } from '../dhcp-options.ts';
import type { Ec2Operation } from '../ec2-operation.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeDhcpOptions.html */
export const describeDhcpOptions: Ec2Operation<'DescribeDhcpOptions'> = {
  authorize: readsAll('DescribeDhcpOptions'),
  commit(input, context) {
    const { rows, nextToken } = describe(context, input, {
      ids: input.DhcpOptionsIds,
      find: (id) => dhcpSetOf(context, id),
      list: () => dhcpSetsOf(context),
      idOf: ({ dhcpOptionsId }) => dhcpOptionsId,
      filters: dhcpOptionsFilters,
    });
    return { DhcpOptions: rows.map((row) => wireDhcpOptions(context, row)), NextToken: nextToken };
  },
};
