import type { PrefixList } from '../../../model/network/world.ts';
import { s3PrefixListOf } from '../../../model/regions.ts';
import { readsAll } from '../authorization.ts';
import { describe } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import type { FilterTable } from '../filters.ts';
import { prefixListNotFound } from '../errors.ts';

const filters: FilterTable<PrefixList> = {
  'prefix-list-id': ({ prefixListId }) => prefixListId,
  'prefix-list-name': ({ prefixListName }) => prefixListName,
};

/** Those of services alone: what the account manages is among the managed prefix lists. */
function awsListOf(region: string, id: string): PrefixList {
  const list = s3PrefixListOf(region);
  if (list.prefixListId !== id) throw prefixListNotFound(id);
  return list;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribePrefixLists.html */
export const describePrefixLists: Ec2Operation<'DescribePrefixLists'> = {
  authorize: readsAll('DescribePrefixLists'),
  commit(input, context) {
    const { rows, nextToken } = describe(context, input, {
      ids: input.PrefixListIds,
      find: (id) => awsListOf(context.region, id),
      list: () => [s3PrefixListOf(context.region)],
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
