import { demandCreation } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { freePublicIp } from '../elastic-ip.ts';
import * as errors from '../errors.ts';
import { quotas } from '../quotas.ts';
import { identify, requestedTags, storeTags } from '../tags.ts';
import { noIpam, noOutposts, refuseUnsupported } from '../unsupported.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html */
export const allocateAddress: Ec2Operation<'AllocateAddress'> = {
  authorize: (input, context) => demandCreation(context, 'AllocateAddress', 'elastic-ip', input.TagSpecifications, { 'ec2:Domain': ['vpc'] }),
  commit(input, context) {
    refuseUnsupported(input, {
      ...(input.Domain === 'standard' ? { Domain: 'there is no EC2-Classic' } : {}),
      Address: 'an address that was released does not come back',
      PublicIpv4Pool: 'there are no address pools of your own',
      CustomerOwnedIpv4Pool: noOutposts,
      IpamPoolId: noIpam,
      ...(input.NetworkBorderGroup === context.region ? {} : { NetworkBorderGroup: noOutposts }),
    });
    const { store, region } = context;
    const requested = requestedTags(input.TagSpecifications, 'elastic-ip');
    if (store.ec2.elasticIps.count() >= quotas.elasticIps) throw errors.limitExceeded('Address', 'addresses');
    const allocationId = identify(context, 'eipalloc', requested);
    const publicIp = freePublicIp(context);
    store.ec2.elasticIps.insert({ allocationId, publicIp, ownerId: context.accountId, createdAt: context.now.toISOString() });
    storeTags(context, allocationId, requested);
    return { AllocationId: allocationId, PublicIp: publicIp, PublicIpv4Pool: 'amazon', NetworkBorderGroup: region, Domain: 'vpc' };
  },
};
