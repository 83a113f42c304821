import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { routeTableOf, vpcChanged } from '../resources.ts';
import { findRoute } from '../route-table.ts';
import { requestedDestination, requestedTarget } from '../route-request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRoute.html */
export const replaceRoute: Ec2Operation<'ReplaceRoute'> = {
  authorize: actsOn('ReplaceRoute', ({ RouteTableId }: Ec2Input<'ReplaceRoute'>) => [RouteTableId]),
  commit(input, context) {
    const table = routeTableOf(context, input.RouteTableId);
    const destination = requestedDestination(input, context);
    const existing = findRoute(table, destination);
    if (existing === undefined) {
      throw 'prefixListId' in destination
        ? errors.routeNotFound(table.routeTableId, 'prefix-list-id', destination.prefixListId)
        : errors.routeNotFound(table.routeTableId, 'cidr-block', destination.cidrBlock);
    }
    if (existing.target.kind === 'gateway-endpoint') throw errors.endpointRouteIsManaged();
    // A local route is what it resets to already.
    if (input.LocalTarget === true && existing.target.kind === 'local') return {};
    if (existing.target.kind === 'local') throw errors.unsupported('DestinationCidrBlock', 'a block of the VPC stays local');
    const target = requestedTarget(input, context, table, destination);
    const routes = table.routes.map((route) => (route === existing ? { ...route, target } : route));
    context.store.ec2.routeTables.update(table.routeTableId, { routes });
    vpcChanged(context, table.vpcId);
    return {};
  },
};
