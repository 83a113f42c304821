import { roleProof } from '../compilation-role.ts';
import type { SeedRow } from '../seed.ts';

/** Those of the guide, in its order. */
const guide = [
  'ec2:DescribeVpcEndpoints',
  'ec2:DescribeDhcpOptions',
  'ec2:DescribeVpcs',
  'ec2:DescribeSubnets',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DeleteNetworkInterfacePermission',
  'ec2:DeleteNetworkInterface',
  'ec2:CreateNetworkInterfacePermission',
  'ec2:CreateNetworkInterface',
  'ec2:ModifyNetworkInterfaceAttribute',
];
const others = ['s3:GetObject', 's3:PutObject', 'logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

export const c17: SeedRow = {
  id: 'C17',
  client: 'JS SDK',
  command: "PutRolePolicy with the guide's eleven actions, and without any one of them; CreateCompilationJob",
  proofs: guide.map((action) =>
    roleProof('c17', {
      role: { actions: [...guide, ...others] },
      control: {
        without: action,
        role: { actions: [...guide.filter((other) => other !== action), ...others] },
        refutedBy: new RegExp(`^c17-\\d+ is FAILED: ClientError: The execution role \\S+ lacks ${action}, which a job with VpcConfig needs`),
      },
    }),
  ),
};
