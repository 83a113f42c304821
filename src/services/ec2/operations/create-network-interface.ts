import { arnOf, demandCreation, demandOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { creationOf, sameCreation } from '../idempotency.ts';
import { requestedGroups, wireNetworkInterface } from '../network-interface.ts';
import { placeInterface } from '../new-network-interface.ts';
import { networkInterfaceOf, subnetOf, vpcChanged } from '../resources.ts';
import { identify, requestedTags, storeTags } from '../tags.ts';
import { noIpv6, refuseUnsupported } from '../unsupported.ts';

const descriptionCharacters = 255;
const oneAddress = 'an interface has one private address here';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html */
export const createNetworkInterface: Ec2Operation<'CreateNetworkInterface'> = {
  authorize(input, context) {
    const subnet = context.store.ec2.subnets.find(input.SubnetId);
    const keys = {
      'ec2:Subnet': [arnOf(context, 'subnet', input.SubnetId)],
      ...(subnet === undefined ? {} : { 'ec2:Vpc': [arnOf(context, 'vpc', subnet.vpcId)], 'ec2:AvailabilityZone': [subnet.availabilityZone] }),
    };
    return [
      ...demandCreation(context, 'CreateNetworkInterface', 'network-interface', input.TagSpecifications, keys),
      demandOn(context, 'CreateNetworkInterface', input.SubnetId),
      ...(input.Groups ?? []).map((id) => demandOn(context, 'CreateNetworkInterface', id)),
    ];
  },
  commit(input, context) {
    refuseForeignMembers(input);
    const { store } = context;
    const subnet = subnetOf(context, input.SubnetId);
    const creation = creationOf(input);
    const earlier = sameCreation(context, store.ec2.networkInterfaces, creation);
    if (earlier !== undefined) return { NetworkInterface: wireNetworkInterface(context, earlier), ClientToken: input.ClientToken };
    const groupIds = requestedGroups(context, subnet.vpcId, subnet.subnetId, input.Groups);
    const { Description: description = '' } = input;
    if (description.length > descriptionCharacters) {
      throw errors.invalidParameterValue(`Value (${description}) for parameter description is invalid. Exceeds maximum length of 255.`);
    }
    const requested = requestedTags(input.TagSpecifications, 'network-interface');
    const placed = placeInterface(context, subnet, namedAddress(input));
    const networkInterfaceId = identify(context, 'eni', requested);
    store.ec2.networkInterfaces.insert({
      networkInterfaceId,
      ...placed,
      groupIds,
      sourceDestCheck: true,
      description,
      interfaceType: 'interface',
      requesterManaged: false,
      ...creation,
    });
    storeTags(context, networkInterfaceId, requested);
    vpcChanged(context, subnet.vpcId);
    const created = wireNetworkInterface(context, networkInterfaceOf(context, networkInterfaceId));
    return { NetworkInterface: { ...created, Status: 'pending' as 'available' }, ClientToken: input.ClientToken };
  },
};

function refuseForeignMembers(input: Ec2Input<'CreateNetworkInterface'>): void {
  refuseUnsupported(input, {
    Ipv6AddressCount: noIpv6,
    Ipv6Addresses: noIpv6,
    Ipv6PrefixCount: noIpv6,
    Ipv6Prefixes: noIpv6,
    EnablePrimaryIpv6: noIpv6,
    Ipv4PrefixCount: oneAddress,
    Ipv4Prefixes: oneAddress,
    SecondaryPrivateIpAddressCount: oneAddress,
    ConnectionTrackingSpecification: 'idle timeouts of connections are those of the kernel',
    Operator: 'no service manages interfaces for the account',
    // `interface` is what it gets without asking; the model lists only the others.
    ...((input.InterfaceType as string | undefined) === 'interface' ? {} : { InterfaceType: 'interfaces are of the type interface' }),
  });
}

/** The one private address a request names, if it names one. */
function namedAddress(input: Ec2Input<'CreateNetworkInterface'>): string | undefined {
  const listed = input.PrivateIpAddresses ?? [];
  if (listed.length === 0) return input.PrivateIpAddress;
  if (listed.length > 1) throw errors.unsupported('PrivateIpAddresses', oneAddress);
  const [only] = listed;
  if (only?.Primary === false) throw errors.unsupported('PrivateIpAddresses', oneAddress);
  if (input.PrivateIpAddress !== undefined && input.PrivateIpAddress !== only?.PrivateIpAddress) {
    throw errors.invalidParameterCombination('The parameters privateIpAddress and privateIpAddresses name different primary addresses');
  }
  return only?.PrivateIpAddress;
}
