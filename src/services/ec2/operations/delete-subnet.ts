import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { hasDependencies } from '../errors.ts';
import { aclAssociationOf, dissociateAcl } from '../network-acl.ts';
import { subnetOf, vpcChanged } from '../resources.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html */
export const deleteSubnet: Ec2Operation<'DeleteSubnet'> = {
  authorize: actsOn('DeleteSubnet', ({ SubnetId }: Ec2Input<'DeleteSubnet'>) => [SubnetId]),
  commit(input, context) {
    const { subnetId, vpcId } = subnetOf(context, input.SubnetId);
    const { ec2 } = context.store;
    if (ec2.networkInterfaces.count({ subnetId }) > 0) throw hasDependencies('subnet', subnetId);
    for (const table of ec2.routeTables.list({ vpcId })) {
      const associations = table.associations.filter((association) => association.subnetId !== subnetId);
      if (associations.length < table.associations.length) ec2.routeTables.update(table.routeTableId, { associations });
    }
    const found = aclAssociationOf(context, ({ subnetId: id }) => id === subnetId);
    if (found !== undefined) dissociateAcl(context, found);
    ec2.subnets.delete(subnetId);
    ec2.removeTags(subnetId);
    vpcChanged(context, vpcId);
    return {};
  },
};
