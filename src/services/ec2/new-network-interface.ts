import { formatAddress } from '../../model/network/addresses.ts';
import type { NetworkInterfaceRow, SubnetRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import * as errors from './errors.ts';
import { quotas } from './quotas.ts';
import { chosenAddress } from './subnet-address.ts';

type Placed = Pick<
  NetworkInterfaceRow,
  'number' | 'vpcId' | 'subnetId' | 'ownerId' | 'createdAt' | 'availabilityZone' | 'privateIpAddress' | 'macAddress'
>;

/** What every interface is born with: a place in a subnet, at the address named or a free one. */
export function placeInterface(context: OperationContext, subnet: SubnetRow, address: string | undefined): Placed {
  const { store, accountId, now } = context;
  if (store.ec2.networkInterfaces.count() >= quotas.networkInterfaces) throw errors.networkInterfaceLimitExceeded();
  const privateIpAddress = formatAddress(chosenAddress(context, subnet, address));
  const { vpcId, subnetId, availabilityZone } = subnet;
  const number = store.identifiers.next('network-interface');
  const createdAt = now.toISOString();
  return { number, vpcId, subnetId, ownerId: accountId, createdAt, availabilityZone, privateIpAddress, macAddress: macAddressOf(number) };
}

/** Locally administered, and unique because the number is. */
function macAddressOf(number: number): string {
  const digits = number.toString(16).padStart(10, '0');
  return `02:${[0, 2, 4, 6, 8].map((at) => digits.slice(at, at + 2)).join(':')}`;
}
