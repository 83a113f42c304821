import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { routeTableOf } from '../resources.ts';
import { findRoute } from '../route-table.ts';
import { refuseTarget, requestedDestination } from '../route-request.ts';

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
    if ('prefixListId' in destination) throw errors.endpointRouteIsManaged();
    // A local route is what it resets to already.
    if (input.LocalTarget === true && existing.target.kind === 'local') return {};
    return refuseTarget(input, context, table, destination);
  },
};
