import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { demandOnList, ownPrefixListOf, prefixListReferences, wireChangedList } from '../prefix-list.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteManagedPrefixList.html */
export const deleteManagedPrefixList: Ec2Operation<'DeleteManagedPrefixList'> = {
  authorize: (input, context) => demandOnList(context, 'DeleteManagedPrefixList', input.PrefixListId),
  commit(input, context) {
    const { prefixListId } = ownPrefixListOf(context, input.PrefixListId);
    if (prefixListReferences(context, prefixListId).length > 0) throw errors.hasDependencies('prefix list', prefixListId);
    const PrefixList = wireChangedList(context, prefixListId, 'delete-in-progress');
    context.store.ec2.prefixLists.delete(prefixListId);
    context.store.ec2.removeTags(prefixListId);
    return { PrefixList };
  },
};
