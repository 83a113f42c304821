/**
 * What the execution role of a training job in a VPC must be allowed to do.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createtrainingjob-perms
 */
export const trainingEc2Actions = [
  'ec2:CreateNetworkInterface',
  'ec2:CreateNetworkInterfacePermission',
  'ec2:DeleteNetworkInterface',
  'ec2:DeleteNetworkInterfacePermission',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeVpcs',
  'ec2:DescribeDhcpOptions',
  'ec2:DescribeSubnets',
  'ec2:DescribeSecurityGroups',
] as const;

/** The eleven of a compilation job: https://docs.aws.amazon.com/sagemaker/latest/dg/neo-vpc.html */
export const compilationEc2Actions = [
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
] as const;
