import type { OperationContext } from '../../operation.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { currentVersionOf, demandOnList, ownPrefixListOf, prefixListChanged, prefixListReferences, wireChangedList } from '../prefix-list.ts';
import { changedEntries, checkMaxEntries, checkPrefixListName, checkVersion, withVersion } from '../prefix-list-entries.ts';
import { checkRouteCount } from '../route-table.ts';
import { checkRules } from '../security-group.ts';
import { refuseUnsupported } from '../unsupported.ts';

/** Entries, or how many there may be, but not both. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html */
export const modifyManagedPrefixList: Ec2Operation<'ModifyManagedPrefixList'> = {
  authorize: (input, context) => demandOnList(context, 'ModifyManagedPrefixList', input.PrefixListId),
  commit(input, context) {
    refuseUnsupported(input, { IpamPrefixListResolverSyncEnabled: 'there is no address manager (IPAM)' });
    const row = ownPrefixListOf(context, input.PrefixListId);
    const { prefixListId } = row;
    const { AddEntries: add = [], RemoveEntries: remove = [], MaxEntries: maxEntries, PrefixListName: name } = input;
    const changesEntries = add.length + remove.length > 0;
    if (changesEntries && maxEntries !== undefined) throw errors.entriesAndMaximum();
    if (!changesEntries && maxEntries === undefined && name === undefined) throw errors.missingParameter('The request must change something');
    checkVersion(row, input.CurrentVersion);
    const { prefixLists } = context.store.ec2;
    if (name !== undefined) {
      checkPrefixListName(name);
      prefixLists.update(prefixListId, { prefixListName: name });
    }
    if (changesEntries) prefixLists.update(prefixListId, withVersion(row, changedEntries(currentVersionOf(row).entries, add, remove)));
    if (maxEntries !== undefined) resize(context, input, maxEntries);
    prefixLists.update(prefixListId, { state: 'modify-complete' });
    if (changesEntries) prefixListChanged(context, prefixListId);
    return { PrefixList: wireChangedList(context, prefixListId, 'modify-in-progress') };
  },
};

/** A list counts with its size wherever it is spoken of, so that it may not grow beyond what these may hold. */
function resize(context: OperationContext, { PrefixListId: id }: Ec2Input<'ModifyManagedPrefixList'>, maxEntries: number): void {
  checkMaxEntries(maxEntries);
  const { prefixLists, securityGroups, routeTables } = context.store.ec2;
  if (currentVersionOf(prefixLists.get(id)).entries.length > maxEntries) throw errors.tooManyPrefixListEntries();
  prefixLists.update(id, { maxEntries });
  for (const { resourceId } of prefixListReferences(context, id)) {
    const group = securityGroups.find(resourceId);
    if (group !== undefined) checkRules(context, group.rules);
    const table = routeTables.find(resourceId);
    if (table !== undefined) checkRouteCount(context, table.routes);
  }
}
