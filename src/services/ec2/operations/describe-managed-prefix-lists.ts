import { readsAll } from '../authorization.ts';
import { describe } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { prefixListFilters, prefixListOf, prefixListsOf, wirePrefixList } from '../prefix-list.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeManagedPrefixLists.html */
export const describeManagedPrefixLists: Ec2Operation<'DescribeManagedPrefixLists'> = {
  authorize: readsAll('DescribeManagedPrefixLists'),
  commit(input, context) {
    const { rows, nextToken } = describe(context, input, {
      ids: input.PrefixListIds,
      find: (id) => prefixListOf(context, id),
      list: () => prefixListsOf(context),
      idOf: ({ prefixListId }) => prefixListId,
      filters: prefixListFilters,
    });
    return { PrefixLists: rows.map((list) => wirePrefixList(context, list)), NextToken: nextToken };
  },
};
