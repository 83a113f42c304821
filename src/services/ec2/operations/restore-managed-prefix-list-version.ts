import type { Ec2Operation } from '../ec2-operation.ts';
import { demandOnList, ownPrefixListOf, prefixListChanged, wireChangedList } from '../prefix-list.ts';
import { checkVersion, versionOf, withVersion } from '../prefix-list-entries.ts';

/** The entries of an earlier version, as a new one. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RestoreManagedPrefixListVersion.html */
export const restoreManagedPrefixListVersion: Ec2Operation<'RestoreManagedPrefixListVersion'> = {
  authorize: (input, context) => demandOnList(context, 'RestoreManagedPrefixListVersion', input.PrefixListId),
  commit(input, context) {
    const row = ownPrefixListOf(context, input.PrefixListId);
    checkVersion(row, input.CurrentVersion);
    const { entries } = versionOf(row, input.PreviousVersion);
    context.store.ec2.prefixLists.update(row.prefixListId, { ...withVersion(row, entries), state: 'restore-complete' });
    prefixListChanged(context, row.prefixListId);
    return { PrefixList: wireChangedList(context, row.prefixListId, 'restore-in-progress') };
  },
};
