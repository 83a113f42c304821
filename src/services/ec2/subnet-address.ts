import { type Address, cidrContains, firstFreeAddress, isReservedInSubnet, parseAddress } from '../../model/network/addresses.ts';
import type { SubnetRow } from '../../store/ec2.ts';
import { storedCidr } from './cidr-block.ts';
import * as errors from './errors.ts';
import type { ResourceContext } from './resources.ts';
import { usedAddresses } from './subnet.ts';

/** The named address of a subnet when it is free, else the lowest free one. */
export function freeAddressOf(context: ResourceContext, subnet: SubnetRow, named: string | undefined): Address {
  const cidr = storedCidr(subnet.cidrBlock);
  const used = usedAddresses(context, subnet.subnetId);
  if (named === undefined) {
    const free = firstFreeAddress(cidr, used);
    if (free === undefined) throw errors.insufficientFreeAddresses();
    return free;
  }
  const address = parseAddress(named);
  if (address === undefined) throw errors.invalidAddress(named);
  if (!cidrContains(cidr, address)) throw errors.addressOutsideSubnet(named);
  if (isReservedInSubnet(cidr, address)) throw errors.addressReserved(named);
  if (used.has(address)) throw errors.addressInUse();
  return address;
}
