import { cidrContainsCidr } from '../../../model/network/addresses.ts';
import { demandCreation, demandOn, arnOf } from '../authorization.ts';
import { firstZoneOf, requestedZone } from '../availability-zone.ts';
import { requestedCidr, storedCidr } from '../cidr-block.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { insertSubnet, isTaken } from '../new-subnet.ts';
import { vpcOf } from '../resources.ts';
import { wireSubnet } from '../subnet.ts';
import { requestedTags } from '../tags.ts';
import { noIpam, noIpv6, noOutposts, refuseUnsupported } from '../unsupported.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html */
export const createSubnet: Ec2Operation<'CreateSubnet'> = {
  authorize: (input, context) => [
    ...demandCreation(context, 'CreateSubnet', 'subnet', input.TagSpecifications, { 'ec2:Vpc': [arnOf(context, 'vpc', input.VpcId)] }),
    demandOn(context, 'CreateSubnet', input.VpcId),
  ],
  commit(input, context) {
    refuseUnsupported(input, {
      Ipv6CidrBlock: noIpv6,
      Ipv6Native: noIpv6,
      Ipv6IpamPoolId: noIpv6,
      Ipv6NetmaskLength: noIpv6,
      Ipv4IpamPoolId: noIpam,
      Ipv4NetmaskLength: noIpam,
      OutpostArn: noOutposts,
    });
    if (input.CidrBlock === undefined) throw errors.parameterRequired('cidrBlock');
    const vpc = vpcOf(context, input.VpcId);
    const cidr = requestedCidr(input.CidrBlock, errors.subnetRange);
    if (!vpc.cidrBlocks.some(({ cidrBlock }) => cidrContainsCidr(storedCidr(cidrBlock), cidr))) throw errors.subnetRange(input.CidrBlock);
    if (isTaken(context, vpc.vpcId, cidr)) throw errors.subnetConflict(input.CidrBlock);
    const availabilityZone = requestedZone(input, context.region) ?? firstZoneOf(context.region);
    const requested = requestedTags(input.TagSpecifications, 'subnet');
    const row = insertSubnet(context, cidr, { vpcId: vpc.vpcId, availabilityZone, mapPublicIpOnLaunch: false }, requested);
    return { Subnet: wireSubnet(context, row) };
  },
};
