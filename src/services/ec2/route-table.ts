import type { Route, RouteTable } from '@aws-sdk/client-ec2';
import { unreachable } from '../../stdx/assert.ts';
import type { RouteRow, RouteTableRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import * as errors from './errors.ts';
import type { FilterTable } from './filters.ts';
import { prefixListWeight } from './prefix-list.ts';
import { quotas } from './quotas.ts';
import type { ResourceContext } from './resources.ts';
import { wireTags } from './tags.ts';

type Targeted = Pick<Route, 'GatewayId' | 'NatGatewayId' | 'NetworkInterfaceId'>;

function wireTarget({ target }: RouteRow): Targeted {
  switch (target.kind) {
    case 'local':
      return { GatewayId: 'local' };
    case 'gateway-endpoint':
      return { GatewayId: target.vpcEndpointId };
    case 'network-interface':
      return { NetworkInterfaceId: target.networkInterfaceId };
    case 'internet-gateway':
      return { GatewayId: target.internetGatewayId };
    case 'nat-gateway':
      return { NatGatewayId: target.natGatewayId };
    case 'blackhole':
      return {};
    default:
      return unreachable(target, 'route target');
  }
}

/** A route whose target is gone stays, and leads nowhere. */
function stateOf({ store }: ResourceContext, { vpcId }: RouteTableRow, { target }: RouteRow): 'active' | 'blackhole' {
  const { ec2 } = store;
  const isThere = {
    local: () => true,
    'gateway-endpoint': () => true,
    'network-interface': (id: string) => ec2.networkInterfaces.find(id) !== undefined,
    'internet-gateway': (id: string) => ec2.internetGateways.find(id)?.vpcId === vpcId,
    'nat-gateway': (id: string) => ec2.natGateways.find(id)?.deletedAt === undefined && ec2.natGateways.find(id) !== undefined,
    blackhole: () => false,
  }[target.kind];
  const { kind: _kind, ...named } = target;
  return isThere(Object.values(named)[0] ?? '') ? 'active' : 'blackhole';
}

const cidrBlockOf = ({ destination }: RouteRow): string | undefined => ('cidrBlock' in destination ? destination.cidrBlock : undefined);
const prefixListOf = ({ destination }: RouteRow): string | undefined => ('prefixListId' in destination ? destination.prefixListId : undefined);

function wireRoute(context: ResourceContext, table: RouteTableRow, route: RouteRow): Route {
  const { destination } = route;
  return {
    ...('cidrBlock' in destination ? { DestinationCidrBlock: destination.cidrBlock } : { DestinationPrefixListId: destination.prefixListId }),
    ...wireTarget(route),
    Origin: route.origin,
    State: stateOf(context, table, route),
  };
}

export function wireRouteTable(context: ResourceContext, row: RouteTableRow): RouteTable {
  return {
    RouteTableId: row.routeTableId,
    VpcId: row.vpcId,
    OwnerId: row.ownerId,
    Associations: row.associations.map(({ associationId, subnetId, main }) => ({
      RouteTableAssociationId: associationId,
      RouteTableId: row.routeTableId,
      Main: main,
      ...(subnetId === undefined ? {} : { SubnetId: subnetId }),
      AssociationState: { State: 'associated' },
    })),
    PropagatingVgws: [],
    Routes: row.routes.map((route) => wireRoute(context, row, route)),
    Tags: wireTags(context, row.routeTableId),
  };
}

/** A route to a prefix list counts as many as the list may hold. */
export function checkRouteCount(context: Pick<OperationContext, 'store' | 'accountId' | 'region'>, routes: readonly RouteRow[]): void {
  const weights = routes
    .filter(({ target }) => target.kind !== 'local')
    .map(({ destination }) => ('prefixListId' in destination ? prefixListWeight(context, destination.prefixListId) : 1));
  if (weights.reduce((sum, weight) => sum + weight, 0) > quotas.routesPerRouteTable) throw errors.limitExceeded('Route', 'routes');
}

/** The row with its association, by the association's id. */
export function associationOf(
  { store, accountId }: ResourceContext,
  associationId: string,
): { table: RouteTableRow; association: RouteTableRow['associations'][number] } | undefined {
  for (const table of store.ec2.routeTables.list()) {
    const association = table.associations.find((candidate) => candidate.associationId === associationId);
    if (association !== undefined && table.ownerId === accountId) return { table, association };
  }
  return undefined;
}

export function findRoute(table: RouteTableRow, destination: RouteRow['destination']): RouteRow | undefined {
  return table.routes.find((route) =>
    'cidrBlock' in destination ? cidrBlockOf(route) === destination.cidrBlock : prefixListOf(route) === destination.prefixListId,
  );
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html */
export const routeTableFilters = (context: ResourceContext): FilterTable<RouteTableRow> => ({
  'association.gateway-id': () => [],
  'association.main': (row) => row.associations.map(({ main }) => main),
  'association.route-table-association-id': (row) => row.associations.map(({ associationId }) => associationId),
  'association.route-table-id': (row) => row.associations.map(() => row.routeTableId),
  'association.subnet-id': (row) => row.associations.map(({ subnetId }) => subnetId),
  'owner-id': (row) => row.ownerId,
  'route-table-id': (row) => row.routeTableId,
  'route.destination-cidr-block': (row) => row.routes.map((route) => cidrBlockOf(route)),
  'route.destination-ipv6-cidr-block': () => [],
  'route.destination-prefix-list-id': (row) => row.routes.map((route) => prefixListOf(route)),
  'route.egress-only-internet-gateway-id': () => [],
  'route.gateway-id': (row) => row.routes.map((route) => wireTarget(route).GatewayId),
  'route.instance-id': () => [],
  'route.nat-gateway-id': (row) => row.routes.map((route) => wireTarget(route).NatGatewayId),
  'route.origin': (row) => row.routes.map(({ origin }) => origin),
  'route.state': (row) => row.routes.map((route) => stateOf(context, row, route)),
  'route.transit-gateway-id': () => [],
  'route.vpc-peering-connection-id': () => [],
  'vpc-id': (row) => row.vpcId,
});
