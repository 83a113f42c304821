import type { SubnetConfiguration } from '@aws-sdk/client-ec2';
import type { EndpointService } from '../../model/endpoint-services.ts';
import { s3ServiceName } from '../../model/regions.ts';
import type { InterfaceEndpointRow, SubnetRow } from '../../store/ec2.ts';
import { endpointServicesOf } from '../../store/endpoint-services.ts';
import type { OperationContext } from '../operation.ts';
import * as errors from './errors.ts';
import { addManagedInterface } from './managed-interface.ts';
import { subnetOf, type ResourceContext } from './resources.ts';

/** Who AWS says made the interfaces of endpoints. */
const requesterId = '727180483921';

/** An endpoint's interfaces are made by the service and belong to the account: seen, and not to be touched. */
interface WantedInterface {
  readonly subnet: SubnetRow;
  readonly address?: string;
}

interface PlacesRequest {
  readonly SubnetIds?: readonly string[] | undefined;
  readonly SubnetConfigurations?: readonly SubnetConfiguration[] | undefined;
}

/** The subnets of a request, each once, those of the endpoint's VPC, at most one of each zone together with `taken`. */
export function requestedPlaces(
  context: ResourceContext,
  vpcId: string,
  { SubnetIds, SubnetConfigurations }: PlacesRequest,
  taken: readonly string[] = [],
): WantedInterface[] {
  const addresses = new Map((SubnetConfigurations ?? []).map(({ SubnetId = '', Ipv4 }) => [SubnetId, Ipv4]));
  const zones = new Set(taken.map((id) => subnetOf(context, id).availabilityZone));
  const subnetIds = [...new Set([...(SubnetIds ?? []), ...addresses.keys()])].filter((id) => !taken.includes(id));
  return subnetIds.map((subnetId) => {
    const subnet = subnetOf(context, subnetId);
    if (subnet.vpcId !== vpcId) throw errors.resourcesInDifferentNetworks();
    if (zones.has(subnet.availabilityZone)) throw errors.duplicateSubnetsInSameZone(subnetId);
    zones.add(subnet.availabilityZone);
    const address = addresses.get(subnetId);
    return address === undefined ? { subnet } : { subnet, address };
  });
}

/** Makes an interface in each subnet. Returns their ids in that order. */
export function addEndpointInterfaces(
  context: OperationContext,
  { vpcEndpointId, groupIds }: Pick<InterfaceEndpointRow, 'vpcEndpointId' | 'groupIds'>,
  places: readonly WantedInterface[],
): string[] {
  return places.map(({ subnet, address }) => {
    const { networkInterfaceId } = addManagedInterface(context, subnet, address, {
      groupIds,
      sourceDestCheck: true,
      description: `VPC Endpoint Interface ${vpcEndpointId}`,
      interfaceType: 'vpc_endpoint',
      requesterId,
      deviceIndex: 1,
    });
    return networkInterfaceId;
  });
}

export function removeEndpointInterfaces({ store }: OperationContext, networkInterfaceIds: readonly string[]): void {
  for (const id of networkInterfaceIds) store.ec2.deleteNetworkInterface(id);
}

/** What a request says about names, or what holds when it says nothing. */
export interface PrivateDns {
  readonly privateDnsEnabled: boolean;
  readonly privateDnsOnlyForInboundResolverEndpoint?: boolean;
}

interface DnsRequest {
  readonly PrivateDnsEnabled?: boolean | undefined;
  readonly DnsOptions?: { readonly PrivateDnsOnlyForInboundResolverEndpoint?: boolean | undefined } | undefined;
}

/**
 * The public names of the service, taken over inside the VPC: on unless the request says no, or nothing for a service that has
 * none, or for S3. https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html#interface-endpoint-private-dns
 */
export function requestedPrivateDns(context: OperationContext, vpcId: string, service: EndpointService, request: DnsRequest): PrivateDns {
  const onlyInbound = request.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint;
  const { serviceName, privateNames, hasBuckets } = service;
  if (onlyInbound !== undefined && !hasBuckets) throw errors.noInboundResolverOption();
  const privateDnsEnabled = request.PrivateDnsEnabled ?? (privateNames.length > 0 && !hasBuckets);
  if (!privateDnsEnabled)
    return { privateDnsEnabled, ...(onlyInbound === undefined ? {} : { privateDnsOnlyForInboundResolverEndpoint: onlyInbound }) };
  if (privateNames.length === 0) throw errors.noPrivateDnsName(serviceName);
  const { enableDnsHostnames, enableDnsSupport } = context.store.ec2.vpcs.get(vpcId);
  if (!enableDnsHostnames || !enableDnsSupport) throw errors.privateDnsNeedsAttributes(vpcId);
  if (!hasBuckets) return { privateDnsEnabled };
  const privateDnsOnlyForInboundResolverEndpoint = onlyInbound ?? true;
  if (privateDnsOnlyForInboundResolverEndpoint && !hasS3Gateway(context, vpcId)) throw errors.inboundResolverNeedsGateway(vpcId);
  return { privateDnsEnabled, privateDnsOnlyForInboundResolverEndpoint };
}

function hasS3Gateway({ store, region }: OperationContext, vpcId: string): boolean {
  const endpoints = store.ec2.vpcEndpoints.list({ vpcId });
  return endpoints.some((row) => row.vpcEndpointType === 'Gateway' && row.serviceName === s3ServiceName(region));
}

/** A public name leads to one endpoint of a VPC. */
export function refuseConflictingNames(context: OperationContext, vpcId: string, service: EndpointService, except?: string): void {
  const { store, region } = context;
  const services = new Map(endpointServicesOf(store, region).map((each) => [each.serviceName, each]));
  const others = store.ec2.vpcEndpoints
    .list({ vpcId })
    .filter((row) => row.vpcEndpointId !== except && row.vpcEndpointType === 'Interface' && row.privateDnsEnabled);
  const taken = new Set(others.flatMap(({ serviceName }) => services.get(serviceName)?.privateNames ?? []));
  const conflict = service.privateNames.find((name) => taken.has(name));
  if (conflict !== undefined) throw errors.conflictingDnsDomain(conflict, vpcId);
}
