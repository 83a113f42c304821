import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { groupOf } from '../resources.ts';

/** Other VPCs speak of a group over a peering connection alone, and there is none. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupReferences.html */
export const describeSecurityGroupReferences: Ec2Operation<'DescribeSecurityGroupReferences'> = {
  authorize: actsOn('DescribeSecurityGroupReferences', ({ GroupId }: Ec2Input<'DescribeSecurityGroupReferences'>) => GroupId),
  commit(input, context) {
    for (const id of input.GroupId) groupOf(context, id);
    return { SecurityGroupReferenceSet: [] };
  },
};
