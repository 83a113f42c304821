import type { State, VpcEndpoint } from '@aws-sdk/client-ec2';
import { s3PrefixListOf } from '../../model/regions.ts';
import type { RouteRow, VpcEndpointRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import * as errors from './errors.ts';
import type { FilterTable } from './filters.ts';
import { routeTableOf, type ResourceContext } from './resources.ts';
import { wireTags } from './tags.ts';

// The model's enum says `Available`; EC2 answers in lower case.
const available = 'available' as State;

export function wireVpcEndpoint(context: ResourceContext, row: VpcEndpointRow): VpcEndpoint {
  return {
    VpcEndpointId: row.vpcEndpointId,
    VpcEndpointType: row.vpcEndpointType,
    VpcId: row.vpcId,
    ServiceName: row.serviceName,
    State: available,
    PolicyDocument: row.policyDocument,
    RouteTableIds: [...row.routeTableIds],
    SubnetIds: [],
    Groups: [],
    PrivateDnsEnabled: false,
    RequesterManaged: false,
    NetworkInterfaceIds: [],
    DnsEntries: [],
    CreationTimestamp: new Date(row.createdAt),
    OwnerId: row.ownerId,
    Tags: wireTags(context, row.vpcEndpointId),
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html */
export const vpcEndpointFilters: FilterTable<VpcEndpointRow> = {
  'ip-address-type': () => 'ipv4',
  'service-name': (row) => row.serviceName,
  'service-region': (row) => row.serviceName.split('.')[2],
  'vpc-id': (row) => row.vpcId,
  'vpc-endpoint-id': (row) => row.vpcEndpointId,
  'vpc-endpoint-state': () => available,
  'vpc-endpoint-type': (row) => row.vpcEndpointType,
};

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
