import { demandOn, readsAll } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { vpcChanged } from '../resources.ts';
import { associationOf } from '../route-table.ts';

/** The subnet uses the main table again. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateRouteTable.html */
export const disassociateRouteTable: Ec2Operation<'DisassociateRouteTable'> = {
  authorize(input, context) {
    const found = associationOf(context, input.AssociationId);
    if (found === undefined) return readsAll('DisassociateRouteTable')();
    const { table, association } = found;
    const ids = association.subnetId === undefined ? [table.routeTableId] : [table.routeTableId, association.subnetId];
    return ids.map((id) => demandOn(context, 'DisassociateRouteTable', id));
  },
  commit({ AssociationId: associationId }, context) {
    const found = associationOf(context, associationId);
    if (found === undefined) throw errors.associationNotFound(associationId);
    if (found.association.main) throw errors.mainAssociationStays(associationId);
    const { routeTableId, vpcId, associations } = found.table;
    context.store.ec2.routeTables.update(routeTableId, { associations: associations.filter((each) => each.associationId !== associationId) });
    vpcChanged(context, vpcId);
    return {};
  },
};
