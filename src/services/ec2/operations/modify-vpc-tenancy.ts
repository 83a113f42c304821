import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { vpcChanged, vpcOf } from '../resources.ts';

/** Only towards `default`. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcTenancy.html */
export const modifyVpcTenancy: Ec2Operation<'ModifyVpcTenancy'> = {
  authorize: actsOn('ModifyVpcTenancy', ({ VpcId }: Ec2Input<'ModifyVpcTenancy'>) => [VpcId]),
  commit(input, context) {
    const { vpcId } = vpcOf(context, input.VpcId);
    if (input.InstanceTenancy !== 'default') {
      throw errors.invalidParameterValue(`Value (${String(input.InstanceTenancy)}) for parameter instanceTenancy is invalid.`);
    }
    context.store.ec2.vpcs.update(vpcId, { instanceTenancy: 'default' });
    vpcChanged(context, vpcId);
    return { ReturnValue: true };
  },
};
