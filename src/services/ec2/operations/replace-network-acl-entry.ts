import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { findEntry, requestedEntry } from '../network-acl-entry.ts';
import { networkAclOf, vpcChanged } from '../resources.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceNetworkAclEntry.html */
export const replaceNetworkAclEntry: Ec2Operation<'ReplaceNetworkAclEntry'> = {
  authorize: actsOn('ReplaceNetworkAclEntry', ({ NetworkAclId }: Ec2Input<'ReplaceNetworkAclEntry'>) => [NetworkAclId]),
  commit(input, context) {
    const acl = networkAclOf(context, input.NetworkAclId);
    const entry = requestedEntry(input);
    const before = findEntry(acl, entry);
    if (before === undefined) throw errors.networkAclEntryNotFound(entry.ruleNumber);
    context.store.ec2.networkAcls.update(acl.networkAclId, { entries: acl.entries.map((each) => (each === before ? entry : each)) });
    vpcChanged(context, acl.vpcId);
    return {};
  },
};
