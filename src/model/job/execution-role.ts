/** Who assumes the execution role of a job, and acts with it. */
export const sagemakerPrincipal = 'sagemaker.amazonaws.com';

/**
 * What the execution role must be allowed to do for a training job in a VPC.
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

/** The name of its sessions, as the last part of their ARN. */
export const executionSessionName = 'SageMaker';
