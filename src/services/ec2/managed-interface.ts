import { formatAddress } from '../../model/network/addresses.ts';
import type { NetworkInterfaceRow, SubnetRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import * as errors from './errors.ts';
import { macAddressOf } from './network-interface.ts';
import { quotas } from './quotas.ts';
import { chosenAddress } from './subnet-address.ts';

/** What differs between the interfaces that NAT gateways and endpoints have. */
type Purpose = Pick<NetworkInterfaceRow, 'groupIds' | 'sourceDestCheck' | 'description' | 'interfaceType' | 'requesterId'> & {
  readonly deviceIndex: number;
};

/** Makes an interface that the account sees and does not manage: attached from the start, at the address named or a free one of the subnet. */
export function addManagedInterface(
  context: OperationContext,
  subnet: SubnetRow,
  address: string | undefined,
  { deviceIndex, ...purpose }: Purpose,
): NetworkInterfaceRow {
  const { store } = context;
  if (store.ec2.networkInterfaces.count() >= quotas.networkInterfaces) throw errors.networkInterfaceLimitExceeded();
  const privateIpAddress = formatAddress(chosenAddress(context, subnet, address));
  const networkInterfaceId = context.newId('eni');
  const number = store.identifiers.next('network-interface');
  const createdAt = context.now.toISOString();
  store.ec2.networkInterfaces.insert({
    networkInterfaceId,
    number,
    vpcId: subnet.vpcId,
    subnetId: subnet.subnetId,
    ownerId: context.accountId,
    createdAt,
    availabilityZone: subnet.availabilityZone,
    privateIpAddress,
    macAddress: macAddressOf(number),
    requesterManaged: true,
    attachment: { attachmentId: context.newId('ela-attach'), attachTime: createdAt, instanceOwnerId: 'amazon-aws', deviceIndex },
    ...purpose,
  });
  return store.ec2.networkInterfaces.get(networkInterfaceId);
}
