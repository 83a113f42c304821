import type { PrefixList } from '../../../model/network/world.ts';
import { readsAll } from '../authorization.ts';
import { describe } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import type { FilterTable } from '../filters.ts';
import { prefixListOf, prefixListsOf } from '../prefix-list.ts';

const filters: FilterTable<PrefixList> = {
  'prefix-list-id': ({ prefixListId }) => prefixListId,
  'prefix-list-name': ({ prefixListName }) => prefixListName,
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribePrefixLists.html */
export const describePrefixLists: Ec2Operation<'DescribePrefixLists'> = {
  authorize: readsAll('DescribePrefixLists'),
  commit(input, context) {
    const { rows, nextToken } = describe(context, input, {
      ids: input.PrefixListIds,
      find: (id) => prefixListOf(context, id),
      list: () => prefixListsOf(context),
      idOf: ({ prefixListId }) => prefixListId,
      filters,
    });
    const lists = rows.map(({ prefixListId, prefixListName, cidrBlocks }) => ({
      PrefixListId: prefixListId,
      PrefixListName: prefixListName,
      Cidrs: [...cidrBlocks],
    }));
    return { PrefixLists: lists, NextToken: nextToken };
  },
};
