import { type Address, cidrContains, firstFreeAddress, isReservedInSubnet, parseAddress } from '../../model/network/addresses.ts';
import type { SubnetRow } from '../../store/ec2.ts';
import { storedCidr } from './cidr-block.ts';
import * as errors from './errors.ts';
import type { ResourceContext } from './resources.ts';
import { usedAddresses } from './subnet.ts';

/** The named address when it is free, else the lowest free one. */
export function chosenAddress(context: ResourceContext, subnet: SubnetRow, text: string | undefined): Address {
  const cidr = storedCidr(subnet.cidrBlock);
  const used = usedAddresses(context, subnet.subnetId);
  if (text === undefined) {
    const free = firstFreeAddress(cidr, used);
    if (free === undefined) throw errors.insufficientFreeAddresses();
    return free;
  }
  const address = parseAddress(text);
  if (address === undefined) throw errors.invalidAddress(text);
  if (!cidrContains(cidr, address)) throw errors.addressOutsideSubnet(text);
  if (isReservedInSubnet(cidr, address)) throw errors.addressReserved(text);
  if (used.has(address)) throw errors.addressInUse();
  return address;
}
