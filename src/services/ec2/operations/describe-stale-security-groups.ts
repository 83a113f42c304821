import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { vpcOf } from '../resources.ts';

/** Rules go stale with a peering connection, and there is none. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeStaleSecurityGroups.html */
export const describeStaleSecurityGroups: Ec2Operation<'DescribeStaleSecurityGroups'> = {
  authorize: actsOn('DescribeStaleSecurityGroups', ({ VpcId }: Ec2Input<'DescribeStaleSecurityGroups'>) => [VpcId]),
  commit(input, context) {
    vpcOf(context, input.VpcId);
    return { StaleSecurityGroupSet: [] };
  },
};
