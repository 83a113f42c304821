import { arnOf, demandCreation, demandOn } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { creationOf, sameCreation } from '../idempotency.ts';
import { wireNetworkAcl } from '../network-acl.ts';
import { quotas } from '../quotas.ts';
import { networkAclOf, vpcChanged, vpcOf } from '../resources.ts';
import { identify, requestedTags, storeTags } from '../tags.ts';

/** It denies everything until it has entries. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAcl.html */
export const createNetworkAcl: Ec2Operation<'CreateNetworkAcl'> = {
  authorize: (input, context) => [
    ...demandCreation(context, 'CreateNetworkAcl', 'network-acl', input.TagSpecifications, { 'ec2:Vpc': [arnOf(context, 'vpc', input.VpcId)] }),
    demandOn(context, 'CreateNetworkAcl', input.VpcId),
  ],
  commit(input, context) {
    const { vpcId } = vpcOf(context, input.VpcId);
    const { networkAcls } = context.store.ec2;
    const creation = creationOf(input);
    const earlier = sameCreation(context, networkAcls, creation);
    if (earlier !== undefined) return { NetworkAcl: wireNetworkAcl(context, earlier), ClientToken: input.ClientToken };
    const requested = requestedTags(input.TagSpecifications, 'network-acl');
    if (networkAcls.count({ vpcId }) >= quotas.networkAclsPerVpc) throw errors.limitExceeded('NetworkAcl', 'network ACLs');

    const networkAclId = identify(context, 'acl', requested);
    networkAcls.insert({
      networkAclId,
      vpcId,
      ownerId: context.accountId,
      createdAt: context.now.toISOString(),
      isDefault: false,
      associations: [],
      entries: [],
      ...creation,
    });
    storeTags(context, networkAclId, requested);
    vpcChanged(context, vpcId);
    return { NetworkAcl: wireNetworkAcl(context, networkAclOf(context, networkAclId)), ClientToken: input.ClientToken };
  },
};
