import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { networkAclOf, vpcChanged } from '../resources.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkAcl.html */
export const deleteNetworkAcl: Ec2Operation<'DeleteNetworkAcl'> = {
  authorize: actsOn('DeleteNetworkAcl', ({ NetworkAclId }: Ec2Input<'DeleteNetworkAcl'>) => [NetworkAclId]),
  commit(input, context) {
    const { networkAclId, vpcId, isDefault, associations } = networkAclOf(context, input.NetworkAclId);
    if (isDefault) throw errors.invalidParameterValue(`cannot delete default network ACL ${networkAclId}`);
    if (associations.length > 0) throw errors.hasDependencies('network ACL', networkAclId);
    const { ec2 } = context.store;
    ec2.networkAcls.delete(networkAclId);
    ec2.removeTags(networkAclId);
    vpcChanged(context, vpcId);
    return {};
  },
};
