import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { routeTableOf } from '../resources.ts';
import { findRoute } from '../route-table.ts';
import { refuseTarget, requestedDestination } from '../route-request.ts';

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
    return refuseTarget(input, context, table, destination);
  },
};
