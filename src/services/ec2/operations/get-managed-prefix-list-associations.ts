import type { Ec2Operation } from '../ec2-operation.ts';
import { page } from '../pagination.ts';
import { demandOnList, ownPrefixListOf, prefixListReferences } from '../prefix-list.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetManagedPrefixListAssociations.html */
export const getManagedPrefixListAssociations: Ec2Operation<'GetManagedPrefixListAssociations'> = {
  authorize: (input, context) => demandOnList(context, 'GetManagedPrefixListAssociations', input.PrefixListId),
  commit(input, context) {
    const { prefixListId } = ownPrefixListOf(context, input.PrefixListId);
    const { rows, nextToken } = page(prefixListReferences(context, prefixListId), ({ resourceId }) => resourceId, input);
    const associations = rows.map(({ resourceId, ownerId }) => ({ ResourceId: resourceId, ResourceOwner: ownerId }));
    return { PrefixListAssociations: associations, NextToken: nextToken };
  },
};
