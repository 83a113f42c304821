import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { directionOf, findEntry } from '../network-acl-entry.ts';
import { networkAclOf, vpcChanged } from '../resources.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkAclEntry.html */
export const deleteNetworkAclEntry: Ec2Operation<'DeleteNetworkAclEntry'> = {
  authorize: actsOn('DeleteNetworkAclEntry', ({ NetworkAclId }: Ec2Input<'DeleteNetworkAclEntry'>) => [NetworkAclId]),
  commit(input, context) {
    const acl = networkAclOf(context, input.NetworkAclId);
    const entry = findEntry(acl, { direction: directionOf(input.Egress), ruleNumber: input.RuleNumber });
    if (entry === undefined) throw errors.networkAclEntryNotFound(input.RuleNumber);
    context.store.ec2.networkAcls.update(acl.networkAclId, { entries: acl.entries.filter((each) => each !== entry) });
    vpcChanged(context, acl.vpcId);
    return {};
  },
};
