import { demandCreation } from '../authorization.ts';
import { requestedZone } from '../availability-zone.ts';
import { findDefaultVpc, insertDefaultSubnet } from '../default-vpc.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { wireSubnet } from '../subnet.ts';
import { noIpv6, refuseUnsupported } from '../unsupported.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDefaultSubnet.html */
export const createDefaultSubnet: Ec2Operation<'CreateDefaultSubnet'> = {
  authorize: (_input, context) => demandCreation(context, 'CreateDefaultSubnet', 'subnet', undefined),
  commit(input, context) {
    refuseUnsupported(input, { Ipv6Native: noIpv6 });
    const zone = requestedZone(input, context.region);
    if (zone === undefined) throw errors.parameterRequired('availabilityZone');
    const vpc = findDefaultVpc(context);
    if (vpc === undefined) throw errors.defaultVpcAbsent();
    const others = context.store.ec2.subnets.list({ vpcId: vpc.vpcId });
    const existing = others.find(({ availabilityZone, defaultForAz }) => availabilityZone === zone && defaultForAz === true);
    if (existing !== undefined) throw errors.defaultSubnetExists(existing.subnetId, zone);
    return { Subnet: wireSubnet(context, insertDefaultSubnet(context, vpc, zone)) };
  },
};
