import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { routeTableOf, vpcChanged } from '../resources.ts';
import { checkRouteCount, findRoute } from '../route-table.ts';
import { requestedDestination, requestedTarget } from '../route-request.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html */
export const createRoute: Ec2Operation<'CreateRoute'> = {
  authorize: actsOn('CreateRoute', ({ RouteTableId }: Ec2Input<'CreateRoute'>) => [RouteTableId]),
  commit(input, context) {
    const table = routeTableOf(context, input.RouteTableId);
    const destination = requestedDestination(input, context);
    const existing = findRoute(table, destination);
    if (existing !== undefined) {
      throw 'prefixListId' in destination
        ? errors.prefixListRouteExists(table.routeTableId, destination.prefixListId)
        : errors.routeExists(destination.cidrBlock);
    }
    const target = requestedTarget(input, context, table, destination);
    const routes = [...table.routes, { destination, target, origin: 'CreateRoute' } as const];
    checkRouteCount(context, routes);
    context.store.ec2.routeTables.update(table.routeTableId, { routes });
    vpcChanged(context, table.vpcId);
    return { Return: true };
  },
};
