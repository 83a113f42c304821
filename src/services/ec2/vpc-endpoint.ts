import type { DnsEntry, State, VpcEndpoint } from '@aws-sdk/client-ec2';
import { s3PrefixListOf, stableHex } from '../../model/regions.ts';
import type { InterfaceEndpointRow, RouteRow, VpcEndpointRow } from '../../store/ec2.ts';
import { ownNamesOf, privateNamesOf } from '../../store/world.ts';
import type { OperationContext } from '../operation.ts';
import { interfaceServiceOf } from './endpoint-service.ts';
import * as errors from './errors.ts';
import type { FilterTable } from './filters.ts';
import { wireGroups } from './network-interface.ts';
import { routeTableOf, type ResourceContext } from './resources.ts';
import { wireTags } from './tags.ts';

type EndpointContext = ResourceContext & Pick<OperationContext, 'region'>;

/**
 * An interface endpoint is available as soon as the kernel has held it, and rejected when the operator no longer offers its
 * service. The model's enum says `Available`; EC2 answers in lower case.
 */
function stateOf(context: EndpointContext, row: VpcEndpointRow): State {
  if (row.vpcEndpointType === 'Gateway') return 'available' as State;
  if (interfaceServiceOf(context, row.serviceName) === undefined) return 'rejected' as State;
  return (context.store.identifiers.appliedGeneration(row.vpcId) >= row.generation ? 'available' : 'pending') as State;
}

export function wireVpcEndpoint(context: EndpointContext, row: VpcEndpointRow): VpcEndpoint {
  const own = row.vpcEndpointType === 'Gateway' ? gatewayMembers(row.routeTableIds) : interfaceMembers(context, row);
  return {
    VpcEndpointId: row.vpcEndpointId,
    VpcEndpointType: row.vpcEndpointType,
    VpcId: row.vpcId,
    ServiceName: row.serviceName,
    ServiceRegion: context.region,
    State: stateOf(context, row),
    PolicyDocument: row.policyDocument,
    RequesterManaged: false,
    ...own,
    CreationTimestamp: new Date(row.createdAt),
    OwnerId: row.ownerId,
    Tags: wireTags(context, row.vpcEndpointId),
  };
}

const gatewayMembers = (routeTableIds: readonly string[]): Partial<VpcEndpoint> => ({
  RouteTableIds: [...routeTableIds],
  SubnetIds: [],
  Groups: [],
  PrivateDnsEnabled: false,
  NetworkInterfaceIds: [],
  DnsEntries: [],
});

function interfaceMembers(context: EndpointContext, row: InterfaceEndpointRow): Partial<VpcEndpoint> {
  const { networkInterfaceIds, privateDnsEnabled, privateDnsOnlyForInboundResolverEndpoint: onlyInbound } = row;
  return {
    RouteTableIds: [],
    SubnetIds: networkInterfaceIds.map((id) => context.store.ec2.networkInterfaces.get(id).subnetId),
    Groups: wireGroups(context, row),
    IpAddressType: 'ipv4',
    DnsOptions: { DnsRecordIpType: 'ipv4', ...(onlyInbound === undefined ? {} : { PrivateDnsOnlyForInboundResolverEndpoint: onlyInbound }) },
    PrivateDnsEnabled: privateDnsEnabled,
    NetworkInterfaceIds: [...networkInterfaceIds],
    DnsEntries: dnsEntries(context, row),
  };
}

/** There are no hosted zones here; what has AWS's form tells the zone of the public names from those of a VPC. */
const hostedZoneOf = (text: string): string => `Z${stableHex(text).toUpperCase()}`;

function dnsEntries(context: EndpointContext, row: InterfaceEndpointRow): DnsEntry[] {
  const service = interfaceServiceOf(context, row.serviceName);
  if (service === undefined) return [];
  const own = ownNamesOf(context.store, row, service).map(([name]) => ({ DnsName: name, HostedZoneId: hostedZoneOf(context.region) }));
  const privates = privateNamesOf(context.store, row, service).map((name) => ({ DnsName: name, HostedZoneId: hostedZoneOf(row.vpcEndpointId) }));
  return [...own, ...privates];
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html */
export const vpcEndpointFilters = (context: EndpointContext): FilterTable<VpcEndpointRow> => ({
  'ip-address-type': () => 'ipv4',
  'service-name': (row) => row.serviceName,
  'service-region': () => context.region,
  'vpc-id': (row) => row.vpcId,
  'vpc-endpoint-id': (row) => row.vpcEndpointId,
  'vpc-endpoint-state': (row) => stateOf(context, row),
  'vpc-endpoint-type': (row) => row.vpcEndpointType,
});

const leadsTo =
  (vpcEndpointId: string) =>
  ({ target }: RouteRow): boolean =>
    target.kind === 'gateway-endpoint' && target.vpcEndpointId === vpcEndpointId;

/**
 * Adds the endpoint's route to each table by itself, as AWS does
 * (https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html#gateway-endpoint-routing). A table has one
 * route to S3.
 */
export function addEndpointRoutes(context: OperationContext, vpcId: string, vpcEndpointId: string, routeTableIds: readonly string[]): void {
  const { prefixListId } = s3PrefixListOf(context.region);
  for (const routeTableId of routeTableIds) {
    const table = routeTableOf(context, routeTableId);
    if (table.vpcId !== vpcId) throw errors.resourcesInDifferentNetworks();
    if (table.routes.some(({ destination }) => 'prefixListId' in destination && destination.prefixListId === prefixListId)) {
      throw errors.prefixListRouteExists(routeTableId, prefixListId);
    }
    const route: RouteRow = { destination: { prefixListId }, target: { kind: 'gateway-endpoint', vpcEndpointId }, origin: 'CreateRoute' };
    context.store.ec2.routeTables.update(routeTableId, { routes: [...table.routes, route] });
  }
}

export function removeEndpointRoutes({ store }: OperationContext, vpcEndpointId: string, routeTableIds: readonly string[]): void {
  const ofEndpoint = leadsTo(vpcEndpointId);
  for (const routeTableId of routeTableIds) {
    const { routes } = store.ec2.routeTables.get(routeTableId);
    store.ec2.routeTables.update(routeTableId, { routes: routes.filter((route) => !ofEndpoint(route)) });
  }
}
