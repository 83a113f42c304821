import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { routeTableOf, subnetOf, vpcChanged } from '../resources.ts';
import { refuseUnsupported } from '../unsupported.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html */
export const associateRouteTable: Ec2Operation<'AssociateRouteTable'> = {
  authorize: actsOn('AssociateRouteTable', (input: Ec2Input<'AssociateRouteTable'>) => [input.RouteTableId, input.SubnetId]),
  commit(input, context) {
    refuseUnsupported(input, { GatewayId: 'gateways have no route tables here', PublicIpv4Pool: 'there are no public address pools' });
    if (input.SubnetId === undefined) throw errors.parameterRequired('subnetId');
    const table = routeTableOf(context, input.RouteTableId);
    const { subnetId, vpcId } = subnetOf(context, input.SubnetId);
    const { ec2 } = context.store;
    if (vpcId !== table.vpcId) throw errors.differentNetworks(`route table ${table.routeTableId}`, `subnet ${subnetId}`);
    const other = ec2.routeTables.list({ vpcId }).flatMap(({ associations }) => associations.filter((each) => each.subnetId === subnetId));
    if (other.length > 0) throw errors.alreadyAssociated(table.routeTableId);

    const associationId = context.newId('rtbassoc');
    ec2.routeTables.update(table.routeTableId, { associations: [...table.associations, { associationId, subnetId, main: false }] });
    vpcChanged(context, vpcId);
    return { AssociationId: associationId, AssociationState: { State: 'associated' } };
  },
};
