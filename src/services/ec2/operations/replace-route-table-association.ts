import { demandOn } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { routeTableOf, vpcChanged } from '../resources.ts';
import { associationOf } from '../route-table.ts';

/**
 * Moves a subnet, or the place of the main table, to another table.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRouteTableAssociation.html
 */
export const replaceRouteTableAssociation: Ec2Operation<'ReplaceRouteTableAssociation'> = {
  authorize(input, context) {
    const found = associationOf(context, input.AssociationId);
    const ids = [input.RouteTableId, found?.table.routeTableId, found?.association.subnetId].filter((id) => id !== undefined);
    return [...new Set(ids)].map((id) => demandOn(context, 'ReplaceRouteTableAssociation', id));
  },
  commit(input, context) {
    const found = associationOf(context, input.AssociationId);
    if (found === undefined) throw errors.associationNotFound(input.AssociationId);
    const { table: from, association } = found;
    const { vpcId, routeTableId } = routeTableOf(context, input.RouteTableId);
    if (vpcId !== from.vpcId) throw errors.differentNetworks(`route table ${routeTableId}`, `route table ${from.routeTableId}`);

    const { routeTables } = context.store.ec2;
    const { associationId: _replaced, ...kept } = association;
    const associationId = context.newId('rtbassoc');
    routeTables.update(from.routeTableId, {
      associations: from.associations.filter((each) => each !== association),
      ...(association.main ? { main: false } : {}),
    });
    routeTables.update(routeTableId, {
      associations: [...routeTables.get(routeTableId).associations, { ...kept, associationId }],
      ...(association.main ? { main: true } : {}),
    });
    vpcChanged(context, vpcId);
    return { NewAssociationId: associationId, AssociationState: { State: 'associated' } };
  },
};
