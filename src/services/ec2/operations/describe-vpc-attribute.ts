import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { invalidParameterValue } from '../errors.ts';
import { vpcOf } from '../resources.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcAttribute.html */
export const describeVpcAttribute: Ec2Operation<'DescribeVpcAttribute'> = {
  authorize: actsOn('DescribeVpcAttribute', ({ VpcId }: Ec2Input<'DescribeVpcAttribute'>) => [VpcId]),
  commit(input, context) {
    const { vpcId, enableDnsSupport, enableDnsHostnames } = vpcOf(context, input.VpcId);
    switch (input.Attribute) {
      case 'enableDnsSupport':
        return { VpcId: vpcId, EnableDnsSupport: { Value: enableDnsSupport } };
      case 'enableDnsHostnames':
        return { VpcId: vpcId, EnableDnsHostnames: { Value: enableDnsHostnames } };
      case 'enableNetworkAddressUsageMetrics':
        return { VpcId: vpcId, EnableNetworkAddressUsageMetrics: { Value: false } };
      default:
        throw invalidParameterValue(`Value (${String(input.Attribute)}) for parameter attribute is invalid. Unknown attribute.`);
    }
  },
};
