import { demandCreation } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { creationOf, sameCreation } from '../idempotency.ts';
import { prefixListOf, wireChangedList, wirePrefixList } from '../prefix-list.ts';
import { checkMaxEntries, checkPrefixListName, requestedEntries } from '../prefix-list-entries.ts';
import { quotas } from '../quotas.ts';
import { identify, requestedTags, storeTags } from '../tags.ts';
import { noIpv6 } from '../unsupported.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateManagedPrefixList.html */
export const createManagedPrefixList: Ec2Operation<'CreateManagedPrefixList'> = {
  authorize: (input, context) => demandCreation(context, 'CreateManagedPrefixList', 'prefix-list', input.TagSpecifications),
  commit(input, context) {
    const { PrefixListName: prefixListName, MaxEntries: maxEntries, AddressFamily: family } = input;
    if (family === 'IPv6') throw errors.unsupported('AddressFamily IPv6', noIpv6);
    if (family !== 'IPv4') throw errors.invalidParameterValue(`Value (${family}) for parameter addressFamily is invalid.`);
    checkPrefixListName(prefixListName);
    checkMaxEntries(maxEntries);
    const entries = requestedEntries(input.Entries ?? []);
    if (entries.length > maxEntries) throw errors.tooManyPrefixListEntries();
    const { prefixLists } = context.store.ec2;
    const creation = creationOf(input);
    const earlier = sameCreation(context, prefixLists, creation);
    if (earlier !== undefined) return { PrefixList: wirePrefixList(context, prefixListOf(context, earlier.prefixListId)) };
    const requested = requestedTags(input.TagSpecifications, 'prefix-list');
    if (prefixLists.count() >= quotas.prefixLists) throw errors.limitExceeded('PrefixList', 'prefix lists');

    const prefixListId = identify(context, 'pl', requested);
    prefixLists.insert({
      prefixListId,
      prefixListName,
      ownerId: context.accountId,
      createdAt: context.now.toISOString(),
      maxEntries,
      state: 'create-complete',
      versions: [{ version: 1, entries }],
      ...creation,
    });
    storeTags(context, prefixListId, requested);
    return { PrefixList: wireChangedList(context, prefixListId, 'create-in-progress') };
  },
};
