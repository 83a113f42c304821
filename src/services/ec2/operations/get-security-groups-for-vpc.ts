import type { SecurityGroupRow } from '../../../store/ec2.ts';
import { actsOn } from '../authorization.ts';
import { describe, ownedBy } from '../describe.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import type { FilterTable } from '../filters.ts';
import { groupOf, vpcOf } from '../resources.ts';
import { wireTags } from '../tags.ts';

const filters: FilterTable<SecurityGroupRow> = {
  description: (row) => row.description,
  'group-id': (row) => row.groupId,
  'group-name': (row) => row.groupName,
  'owner-id': (row) => row.ownerId,
  'primary-vpc-id': (row) => row.vpcId,
};

/** The groups that an interface of the VPC may have: its own. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetSecurityGroupsForVpc.html */
export const getSecurityGroupsForVpc: Ec2Operation<'GetSecurityGroupsForVpc'> = {
  authorize: actsOn('GetSecurityGroupsForVpc', ({ VpcId }: Ec2Input<'GetSecurityGroupsForVpc'>) => [VpcId]),
  commit(input, context) {
    const { vpcId } = vpcOf(context, input.VpcId);
    const { rows, nextToken } = describe(context, input, {
      ids: undefined,
      find: (id) => groupOf(context, id),
      list: () => ownedBy(context, context.store.ec2.securityGroups.list({ vpcId })),
      idOf: ({ groupId }) => groupId,
      filters,
    });
    const groups = rows.map(({ groupId, groupName, description, ownerId }) => ({
      GroupId: groupId,
      GroupName: groupName,
      Description: description,
      OwnerId: ownerId,
      PrimaryVpcId: vpcId,
      Tags: wireTags(context, groupId),
    }));
    return { SecurityGroupForVpcs: groups, NextToken: nextToken };
  },
};
