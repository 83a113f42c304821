import { cidrContainsCidr, cidrsOverlap, formatCidr } from '../../../model/network/addresses.ts';
import { availabilityZonesOf } from '../../../model/regions.ts';
import { present } from '../../../stdx/assert.ts';
import { demandCreation, demandOn, arnOf } from '../authorization.ts';
import { requestedCidr, storedCidr } from '../cidr-block.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { quotas } from '../quotas.ts';
import { associateAcl } from '../network-acl.ts';
import { defaultAclOf, subnetOf, vpcChanged, vpcOf } from '../resources.ts';
import { wireSubnet } from '../subnet.ts';
import { identify, requestedTags, storeTags } from '../tags.ts';
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
    const { store, accountId } = context;
    const others = store.ec2.subnets.list({ vpcId: vpc.vpcId });
    if (others.some(({ cidrBlock }) => cidrsOverlap(storedCidr(cidrBlock), cidr))) throw errors.subnetConflict(input.CidrBlock);
    const availabilityZone = requestedZone(input, context.region);
    const requested = requestedTags(input.TagSpecifications, 'subnet');
    if (others.length >= quotas.subnetsPerVpc) throw errors.limitExceeded('Subnet', 'subnets');

    const subnetId = identify(context, 'subnet', requested);
    store.ec2.subnets.insert({
      subnetId,
      vpcId: vpc.vpcId,
      ownerId: accountId,
      createdAt: context.now.toISOString(),
      cidrBlock: formatCidr(cidr),
      availabilityZone,
      mapPublicIpOnLaunch: false,
    });
    storeTags(context, subnetId, requested);
    associateAcl(context, defaultAclOf(context, vpc.vpcId), subnetId);
    vpcChanged(context, vpc.vpcId);
    return { Subnet: wireSubnet(context, subnetOf(context, subnetId)) };
  },
};

/** By name or id; the first zone when the caller leaves it to EC2. */
function requestedZone(input: Ec2Input<'CreateSubnet'>, region: string): string {
  const zones = availabilityZonesOf(region);
  const names = zones.map(({ zoneName }) => zoneName);
  const { AvailabilityZone: name, AvailabilityZoneId: id } = input;
  if (name !== undefined && id !== undefined) {
    throw errors.invalidParameterCombination('The parameters availabilityZone and availabilityZoneId may not be used together');
  }
  if (name !== undefined && !names.includes(name)) throw errors.invalidAvailabilityZone('availabilityZone', name, names);
  const byId = zones.find(({ zoneId }) => zoneId === id);
  if (id !== undefined && byId === undefined) {
    const ids = zones.map(({ zoneId }) => zoneId);
    throw errors.invalidAvailabilityZone('availabilityZoneId', id, ids);
  }
  return name ?? byId?.zoneName ?? present(names[0], 'a region has a zone');
}
