import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { hasDependencies } from '../errors.ts';
import { routeTableOf, vpcChanged } from '../resources.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html */
export const deleteRouteTable: Ec2Operation<'DeleteRouteTable'> = {
  authorize: actsOn('DeleteRouteTable', ({ RouteTableId }: Ec2Input<'DeleteRouteTable'>) => [RouteTableId]),
  commit(input, context) {
    const { routeTableId, vpcId, main, associations } = routeTableOf(context, input.RouteTableId);
    if (main || associations.length > 0) throw hasDependencies('routeTable', routeTableId);
    const { ec2 } = context.store;
    for (const row of ec2.vpcEndpoints.list({ vpcId })) {
      if (row.vpcEndpointType === 'Gateway' && row.routeTableIds.includes(routeTableId)) {
        ec2.vpcEndpoints.update(row.vpcEndpointId, { routeTableIds: row.routeTableIds.filter((id) => id !== routeTableId) });
      }
    }
    ec2.routeTables.delete(routeTableId);
    ec2.removeTags(routeTableId);
    vpcChanged(context, vpcId);
    return {};
  },
};
