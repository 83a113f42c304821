import type { NetworkInterfaceRow, SubnetRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import { placeInterface } from './new-network-interface.ts';

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
  const placed = placeInterface(context, subnet, address);
  const networkInterfaceId = context.newId('eni');
  store.ec2.networkInterfaces.insert({
    networkInterfaceId,
    ...placed,
    requesterManaged: true,
    attachment: { attachmentId: context.newId('ela-attach'), attachTime: placed.createdAt, instanceOwnerId: 'amazon-aws', deviceIndex },
    ...purpose,
  });
  return store.ec2.networkInterfaces.get(networkInterfaceId);
}
