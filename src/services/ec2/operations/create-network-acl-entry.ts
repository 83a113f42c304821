import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { findEntry, refuseTooManyEntries, requestedEntry } from '../network-acl-entry.ts';
import { networkAclOf, vpcChanged } from '../resources.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html */
export const createNetworkAclEntry: Ec2Operation<'CreateNetworkAclEntry'> = {
  authorize: actsOn('CreateNetworkAclEntry', ({ NetworkAclId }: Ec2Input<'CreateNetworkAclEntry'>) => [NetworkAclId]),
  commit(input, context) {
    const acl = networkAclOf(context, input.NetworkAclId);
    const entry = requestedEntry(input);
    if (findEntry(acl, entry) !== undefined) throw errors.networkAclEntryAlreadyExists(entry.ruleNumber);
    refuseTooManyEntries(acl, entry);
    context.store.ec2.networkAcls.update(acl.networkAclId, { entries: [...acl.entries, entry] });
    vpcChanged(context, acl.vpcId);
    return {};
  },
};
