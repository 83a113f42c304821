import type { PrefixList } from '../../../model/network/world.ts';
import { readsAll } from '../authorization.ts';
import { describe } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import type { FilterTable } from '../filters.ts';
import { prefixListArn, prefixListOf, prefixListOwner, prefixListsOf } from '../prefix-list.ts';

const filters: FilterTable<PrefixList> = {
  'owner-id': () => prefixListOwner,
  'prefix-list-id': ({ prefixListId }) => prefixListId,
  'prefix-list-name': ({ prefixListName }) => prefixListName,
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeManagedPrefixLists.html */
export const describeManagedPrefixLists: Ec2Operation<'DescribeManagedPrefixLists'> = {
  authorize: readsAll('DescribeManagedPrefixLists'),
  commit(input, context) {
    const { rows, nextToken } = describe(context, input, {
      ids: input.PrefixListIds,
      find: (id) => prefixListOf(context, id),
      list: () => prefixListsOf(context),
      idOf: ({ prefixListId }) => prefixListId,
      filters,
    });
    const lists = rows.map(({ prefixListId, prefixListName }) => ({
      PrefixListId: prefixListId,
      PrefixListName: prefixListName,
      PrefixListArn: prefixListArn(context, prefixListId),
      AddressFamily: 'IPv4',
      State: 'create-complete' as const,
      OwnerId: prefixListOwner,
      Tags: [],
    }));
    return { PrefixLists: lists, NextToken: nextToken };
  },
};
