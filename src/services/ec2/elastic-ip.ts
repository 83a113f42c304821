import type { Address, NetworkInterfaceAssociation } from '@aws-sdk/client-ec2';
import { cidrSize, formatAddress } from '../../model/network/addresses.ts';
import { reserved } from '../../model/network/reserved.ts';
import type { ElasticIpRow, NetworkInterfaceRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import { storedCidr } from './cidr-block.ts';
import * as errors from './errors.ts';
import type { FilterTable } from './filters.ts';
import { elasticIpOf, type ResourceContext, vpcChanged } from './resources.ts';
import { wireTags } from './tags.ts';

type Context = Pick<OperationContext, 'store' | 'accountId' | 'region'>;

export function wireAddress(context: Context, { allocationId, publicIp, association, ownerId }: ElasticIpRow): Address {
  const associated =
    association === undefined
      ? {}
      : {
          AssociationId: association.associationId,
          NetworkInterfaceId: association.networkInterfaceId,
          NetworkInterfaceOwnerId: ownerId,
          PrivateIpAddress: association.privateIpAddress,
        };
  return {
    AllocationId: allocationId,
    PublicIp: publicIp,
    Domain: 'vpc',
    PublicIpv4Pool: 'amazon',
    NetworkBorderGroup: context.region,
    ...associated,
    Tags: wireTags(context, allocationId),
  };
}

/** The next address of the range that nobody has: one that was given back is not soon another's. */
export function freePublicIp({ store }: Pick<OperationContext, 'store'>): string {
  const range = storedCidr(reserved.elasticIps);
  const usable = cidrSize(range) - 2;
  for (let tries = 0; tries < usable; tries += 1) {
    const address = formatAddress(range.base + 1 + ((store.identifiers.next('elastic-ip') - 1) % usable));
    if (store.ec2.elasticIps.count({ publicIp: address }) === 0) return address;
  }
  throw errors.limitExceeded('Address', 'addresses');
}

const ofInterface = ({ store }: ResourceContext, networkInterfaceId: string): ElasticIpRow | undefined =>
  store.ec2.elasticIps.list().find(({ association }) => association?.networkInterfaceId === networkInterfaceId);

/** The public address of an interface, as DescribeNetworkInterfaces tells it. */
export function wireAssociation(context: ResourceContext, networkInterfaceId: string): NetworkInterfaceAssociation | undefined {
  const row = ofInterface(context, networkInterfaceId);
  if (row?.association === undefined) return undefined;
  return {
    AllocationId: row.allocationId,
    AssociationId: row.association.associationId,
    IpOwnerId: row.ownerId,
    PublicDnsName: '',
    PublicIp: row.publicIp,
  };
}

/** Whether an interface of the VPC has a public address. */
export function hasPublicAddresses({ store }: ResourceContext, vpcId: string): boolean {
  const interfaces = new Set(store.ec2.networkInterfaces.list({ vpcId }).map(({ networkInterfaceId }) => networkInterfaceId));
  return store.ec2.elasticIps.list().some(({ association }) => association !== undefined && interfaces.has(association.networkInterfaceId));
}

/** Gives an address to an interface. What either had before ends, if that is allowed. */
export function associate(context: OperationContext, elasticIp: ElasticIpRow, row: NetworkInterfaceRow, mayReassociate: boolean): string {
  const { allocationId, association } = elasticIp;
  const other = ofInterface(context, row.networkInterfaceId);
  if (association?.networkInterfaceId === row.networkInterfaceId) return association.associationId;
  if (association !== undefined && !mayReassociate) throw errors.addressAlreadyAssociated(allocationId, association.associationId);
  if (other?.association !== undefined && !mayReassociate) {
    throw errors.addressAlreadyAssociated(row.networkInterfaceId, other.association.associationId);
  }
  for (const before of [elasticIp, other]) if (before?.association !== undefined) disassociate(context, before);
  const associationId = context.newId('eipassoc');
  const { networkInterfaceId, privateIpAddress } = row;
  context.store.ec2.elasticIps.update(allocationId, { association: { associationId, networkInterfaceId, privateIpAddress } });
  vpcChanged(context, row.vpcId);
  return associationId;
}

export function disassociate(context: OperationContext, { allocationId, association }: ElasticIpRow): void {
  const { ec2 } = context.store;
  if (association === undefined) return;
  ec2.takeElasticIp(allocationId);
  vpcChanged(context, ec2.networkInterfaces.get(association.networkInterfaceId).vpcId);
}

/** By the allocation's id or, as old scripts do, by the address itself. */
export function namedElasticIp(
  context: ResourceContext,
  input: { readonly AllocationId?: string | undefined; readonly PublicIp?: string | undefined },
): ElasticIpRow {
  const { AllocationId: allocationId, PublicIp: publicIp } = input;
  if (allocationId !== undefined) return elasticIpOf(context, allocationId);
  if (publicIp === undefined) throw errors.missingParameter('Either public IP or allocation id must be specified');
  return elasticIpAt(context, publicIp);
}

export function elasticIpAt({ store, accountId }: ResourceContext, publicIp: string): ElasticIpRow {
  const row = store.ec2.elasticIps.list({ publicIp }).find(({ ownerId }) => ownerId === accountId);
  if (row === undefined) throw errors.addressNotFound(publicIp);
  return row;
}

/** A NAT gateway's address comes and goes with the gateway; an address of somebody's own may go at any time. */
export function refuseManaged({ store }: ResourceContext, { association }: ElasticIpRow): void {
  const owner = association === undefined ? undefined : store.ec2.networkInterfaces.find(association.networkInterfaceId);
  if (owner?.requesterManaged === true) throw errors.authFailure();
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddresses.html */
export const addressFilters = ({ region }: Context): FilterTable<ElasticIpRow> => ({
  'allocation-id': ({ allocationId }) => allocationId,
  'association-id': ({ association }) => association?.associationId,
  domain: () => 'vpc',
  'instance-id': () => [],
  'network-border-group': () => region,
  'network-interface-id': ({ association }) => association?.networkInterfaceId,
  'network-interface-owner-id': ({ association, ownerId }) => (association === undefined ? [] : ownerId),
  'private-ip-address': ({ association }) => association?.privateIpAddress,
  'public-ip': ({ publicIp }) => publicIp,
});
