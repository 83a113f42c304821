import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { vpcChanged, vpcOf } from '../resources.ts';
import { refuseUnsupported } from '../unsupported.ts';

/** One attribute at a time. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html */
export const modifyVpcAttribute: Ec2Operation<'ModifyVpcAttribute'> = {
  authorize: actsOn('ModifyVpcAttribute', ({ VpcId }: Ec2Input<'ModifyVpcAttribute'>) => [VpcId]),
  commit(input, context) {
    const { vpcId } = vpcOf(context, input.VpcId);
    const { EnableDnsSupport: support, EnableDnsHostnames: hostnames, EnableNetworkAddressUsageMetrics: metrics } = input;
    refuseUnsupported(input, { EnableNetworkAddressUsageMetrics: 'there are no network address usage metrics' });
    const named = [support, hostnames, metrics].filter((attribute) => attribute?.Value !== undefined);
    if (named.length === 0) throw errors.missingParameter('The request must contain the parameter enableDnsSupport or enableDnsHostnames');
    if (named.length > 1) throw errors.invalidParameterCombination('Fields for multiple attribute types specified');
    if (support?.Value !== undefined) context.store.ec2.vpcs.update(vpcId, { enableDnsSupport: support.Value });
    if (hostnames?.Value !== undefined) context.store.ec2.vpcs.update(vpcId, { enableDnsHostnames: hostnames.Value });
    vpcChanged(context, vpcId);
    return {};
  },
};
