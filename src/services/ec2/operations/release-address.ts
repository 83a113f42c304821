import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { namedElasticIp } from '../elastic-ip.ts';
import * as errors from '../errors.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html */
export const releaseAddress: Ec2Operation<'ReleaseAddress'> = {
  authorize: actsOn('ReleaseAddress', (input: Ec2Input<'ReleaseAddress'>) => [input.AllocationId]),
  commit(input, context) {
    const { allocationId, publicIp, association } = namedElasticIp(context, input);
    if (association !== undefined) throw errors.publicAddressInUse(publicIp);
    const { ec2 } = context.store;
    ec2.elasticIps.delete(allocationId);
    ec2.removeTags(allocationId);
    return {};
  },
};
