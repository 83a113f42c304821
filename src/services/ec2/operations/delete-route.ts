import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { routeTableOf, vpcChanged } from '../resources.ts';
import { findRoute } from '../route-table.ts';
import { requestedDestination } from '../route-request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRoute.html */
export const deleteRoute: Ec2Operation<'DeleteRoute'> = {
  authorize: actsOn('DeleteRoute', ({ RouteTableId }: Ec2Input<'DeleteRoute'>) => [RouteTableId]),
  commit(input, context) {
    const table = routeTableOf(context, input.RouteTableId);
    const { routeTableId, vpcId } = table;
    const destination = requestedDestination(input, context);
    const route = findRoute(table, destination);
    if (route === undefined) {
      throw 'prefixListId' in destination
        ? errors.routeNotFound(routeTableId, 'prefix-list-id', destination.prefixListId)
        : errors.routeNotFound(routeTableId, 'cidr-block', destination.cidrBlock);
    }
    if ('prefixListId' in destination && route.target.kind === 'gateway-endpoint') {
      throw errors.endpointRouteStays(routeTableId, destination.prefixListId);
    }
    if ('cidrBlock' in destination && route.target.kind === 'local') throw errors.localRouteStays(routeTableId, destination.cidrBlock);
    context.store.ec2.routeTables.update(routeTableId, { routes: table.routes.filter((each) => each !== route) });
    vpcChanged(context, vpcId);
    return {};
  },
};
