import type { GroupIdentifier, NetworkInterface, NetworkInterfaceAttachment, NetworkInterfaceType } from '@aws-sdk/client-ec2';
import { privateDomainOf } from '../../model/regions.ts';
import type { NetworkInterfaceRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import { wireAssociation } from './elastic-ip.ts';
import * as errors from './errors.ts';
import type { FilterTable } from './filters.ts';
import { quotas } from './quotas.ts';
import { defaultGroupOf, groupOf, type ResourceContext } from './resources.ts';
import { zoneIdOf } from './subnet.ts';
import { wireTags } from './tags.ts';

type InterfaceContext = Pick<OperationContext, 'store' | 'accountId' | 'region'>;

const statusOf = ({ attachment }: NetworkInterfaceRow): 'available' | 'in-use' => (attachment === undefined ? 'available' : 'in-use');

/** Present when the VPC gives its interfaces names. */
function privateDnsNameOf({ store, region }: InterfaceContext, { vpcId, privateIpAddress }: NetworkInterfaceRow): string | undefined {
  const { enableDnsHostnames, enableDnsSupport } = store.ec2.vpcs.get(vpcId);
  return enableDnsHostnames && enableDnsSupport ? `ip-${privateIpAddress.replaceAll('.', '-')}.${privateDomainOf(region)}` : undefined;
}

export function wireGroups({ store }: ResourceContext, { groupIds }: Pick<NetworkInterfaceRow, 'groupIds'>): GroupIdentifier[] {
  return groupIds.map((groupId) => ({ GroupId: groupId, GroupName: store.ec2.securityGroups.get(groupId).groupName }));
}

/** What a service attached has an attachment and no instance. */
export function wireAttachment({ attachment }: NetworkInterfaceRow): NetworkInterfaceAttachment | undefined {
  if (attachment === undefined) return undefined;
  return {
    AttachmentId: attachment.attachmentId,
    AttachTime: new Date(attachment.attachTime),
    DeleteOnTermination: attachment.holder !== undefined,
    DeviceIndex: attachment.deviceIndex,
    InstanceOwnerId: attachment.instanceOwnerId,
    NetworkCardIndex: 0,
    Status: 'attached',
  };
}

export function wireNetworkInterface(context: InterfaceContext, row: NetworkInterfaceRow): NetworkInterface {
  const name = privateDnsNameOf(context, row);
  const named = name === undefined ? {} : { PrivateDnsName: name };
  const attachment = wireAttachment(row);
  const association = wireAssociation(context, row.networkInterfaceId);
  const associated = association === undefined ? {} : { Association: association };
  return {
    NetworkInterfaceId: row.networkInterfaceId,
    VpcId: row.vpcId,
    SubnetId: row.subnetId,
    AvailabilityZone: row.availabilityZone,
    AvailabilityZoneId: zoneIdOf(context.region, row.availabilityZone),
    OwnerId: row.ownerId,
    Description: row.description,
    // The model's enum says `natGateway`; EC2 answers `nat_gateway`.
    InterfaceType: row.interfaceType as NetworkInterfaceType,
    Status: statusOf(row),
    ...(attachment === undefined ? {} : { Attachment: attachment }),
    MacAddress: row.macAddress,
    PrivateIpAddress: row.privateIpAddress,
    ...named,
    ...associated,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: row.privateIpAddress, ...named, ...associated }],
    Ipv6Addresses: [],
    Groups: wireGroups(context, row),
    SourceDestCheck: row.sourceDestCheck,
    RequesterManaged: row.requesterManaged,
    ...(row.requesterId === undefined ? {} : { RequesterId: row.requesterId }),
    TagSet: wireTags(context, row.networkInterfaceId),
  };
}

/** The groups of an interface: those named, which must be of its VPC, or the VPC's default group. */
export function requestedGroups(context: ResourceContext, vpcId: string, subnetId: string, groupIds: readonly string[] | undefined): string[] {
  if (groupIds === undefined || groupIds.length === 0) return [defaultGroupOf(context, vpcId).groupId];
  const distinct = [...new Set(groupIds)];
  for (const groupId of distinct) {
    if (groupOf(context, groupId).vpcId !== vpcId) throw errors.groupAndSubnetInDifferentNetworks(groupId, subnetId);
  }
  if (distinct.length > quotas.securityGroupsPerNetworkInterface) throw errors.tooManyGroups();
  return distinct;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html */
export const networkInterfaceFilters = (context: InterfaceContext): FilterTable<NetworkInterfaceRow> => ({
  'addresses.association.owner-id': (row) => wireAssociation(context, row.networkInterfaceId)?.IpOwnerId,
  'addresses.association.public-ip': (row) => wireAssociation(context, row.networkInterfaceId)?.PublicIp,
  'addresses.primary': () => true,
  'addresses.private-ip-address': (row) => row.privateIpAddress,
  'association.allocation-id': (row) => wireAssociation(context, row.networkInterfaceId)?.AllocationId,
  'association.association-id': (row) => wireAssociation(context, row.networkInterfaceId)?.AssociationId,
  'association.ip-owner-id': (row) => wireAssociation(context, row.networkInterfaceId)?.IpOwnerId,
  'association.public-dns-name': () => [],
  'association.public-ip': (row) => wireAssociation(context, row.networkInterfaceId)?.PublicIp,
  'attachment.attach-time': (row) => row.attachment?.attachTime,
  'attachment.attachment-id': (row) => row.attachment?.attachmentId,
  'attachment.delete-on-termination': (row) => wireAttachment(row)?.DeleteOnTermination,
  'attachment.device-index': (row) => wireAttachment(row)?.DeviceIndex,
  'attachment.instance-id': () => [],
  'attachment.instance-owner-id': (row) => row.attachment?.instanceOwnerId,
  'attachment.status': (row) => wireAttachment(row)?.Status,
  'availability-zone': (row) => row.availabilityZone,
  'availability-zone-id': (row) => zoneIdOf(context.region, row.availabilityZone),
  description: (row) => row.description,
  'group-id': (row) => row.groupIds,
  'group-name': (row) => wireGroups(context, row).map(({ GroupName }) => GroupName),
  'interface-type': (row) => row.interfaceType,
  'ipv6-addresses.ipv6-address': () => [],
  'mac-address': (row) => row.macAddress,
  'network-interface-id': (row) => row.networkInterfaceId,
  'operator.managed': () => false,
  'operator.principal': () => [],
  'owner-id': (row) => row.ownerId,
  'private-dns-name': (row) => privateDnsNameOf(context, row),
  'private-ip-address': (row) => row.privateIpAddress,
  'requester-id': (row) => row.requesterId,
  'requester-managed': (row) => row.requesterManaged,
  'source-dest-check': (row) => row.sourceDestCheck,
  status: statusOf,
  'subnet-id': (row) => row.subnetId,
  'vpc-id': (row) => row.vpcId,
});
