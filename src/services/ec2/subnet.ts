import type { Subnet } from '@aws-sdk/client-ec2';
import { availableAddressCount, parseAddress, type Address } from '../../model/network/addresses.ts';
import { availabilityZonesOf } from '../../model/regions.ts';
import { present } from '../../stdx/assert.ts';
import type { SubnetRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import { arnOf } from './authorization.ts';
import { storedCidr } from './cidr-block.ts';
import type { FilterTable } from './filters.ts';
import type { ResourceContext } from './resources.ts';
import { wireTags } from './tags.ts';

type SubnetContext = Pick<OperationContext, 'store' | 'accountId' | 'region'>;

/** The addresses of a subnet's interfaces: the only place where addresses are taken. */
export function usedAddresses({ store }: ResourceContext, subnetId: string): Set<Address> {
  const addresses = store.ec2.networkInterfaces.texts('privateIpAddress', { subnetId });
  return new Set(addresses.map((address) => present(parseAddress(address), 'a stored address is an address')));
}

function availableAddresses(context: ResourceContext, row: SubnetRow): number {
  return availableAddressCount(storedCidr(row.cidrBlock), context.store.ec2.networkInterfaces.count({ subnetId: row.subnetId }));
}

export function zoneIdOf(region: string, availabilityZone: string): string {
  const zone = availabilityZonesOf(region).find(({ zoneName }) => zoneName === availabilityZone);
  return present(zone, 'a stored zone is one of the region').zoneId;
}

export function wireSubnet(context: SubnetContext, row: SubnetRow): Subnet {
  return {
    SubnetId: row.subnetId,
    SubnetArn: arnOf(context, 'subnet', row.subnetId),
    VpcId: row.vpcId,
    OwnerId: row.ownerId,
    State: 'available',
    CidrBlock: row.cidrBlock,
    AvailableIpAddressCount: availableAddresses(context, row),
    AvailabilityZone: row.availabilityZone,
    AvailabilityZoneId: zoneIdOf(context.region, row.availabilityZone),
    DefaultForAz: row.defaultForAz === true,
    MapPublicIpOnLaunch: row.mapPublicIpOnLaunch,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    EnableDns64: false,
    Ipv6Native: false,
    BlockPublicAccessStates: { InternetGatewayBlockMode: 'off' },
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    Tags: wireTags(context, row.subnetId),
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
export const subnetFilters = (context: SubnetContext): FilterTable<SubnetRow> => ({
  'availability-zone': (row) => row.availabilityZone,
  availabilityZone: (row) => row.availabilityZone,
  'availability-zone-id': (row) => zoneIdOf(context.region, row.availabilityZone),
  'available-ip-address-count': (row) => availableAddresses(context, row),
  cidr: (row) => row.cidrBlock,
  cidrBlock: (row) => row.cidrBlock,
  'cidr-block': (row) => row.cidrBlock,
  'customer-owned-ipv4-pool': () => [],
  'default-for-az': (row) => row.defaultForAz === true,
  defaultForAz: (row) => row.defaultForAz === true,
  'enable-dns64': () => false,
  'enable-lni-at-device-index': () => [],
  'ipv6-cidr-block-association.association-id': () => [],
  'ipv6-cidr-block-association.ipv6-cidr-block': () => [],
  'ipv6-cidr-block-association.state': () => [],
  'ipv6-native': () => false,
  'map-customer-owned-ip-on-launch': () => false,
  'map-public-ip-on-launch': (row) => row.mapPublicIpOnLaunch,
  'outpost-arn': () => [],
  'owner-id': (row) => row.ownerId,
  'private-dns-name-options-on-launch.hostname-type': () => 'ip-name',
  'private-dns-name-options-on-launch.enable-resource-name-dns-a-record': () => false,
  'private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record': () => false,
  state: () => 'available',
  'subnet-arn': (row) => arnOf(context, 'subnet', row.subnetId),
  'subnet-id': (row) => row.subnetId,
  'vpc-id': (row) => row.vpcId,
});
