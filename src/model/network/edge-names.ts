import { edgeApiAddresses } from './reserved.ts';

/** The public names of the AWS APIs, and where they are at the edge. They resolve in every VPC, whether or not a route leads there. */
export function edgeNames(region: string): Readonly<Record<string, readonly string[]>> {
  const { ec2, iam, logs, sagemaker, sts } = edgeApiAddresses;
  return {
    [`ec2.${region}.amazonaws.com`]: [ec2],
    'iam.amazonaws.com': [iam],
    [`logs.${region}.amazonaws.com`]: [logs],
    [`api.sagemaker.${region}.amazonaws.com`]: [sagemaker],
    [`sts.${region}.amazonaws.com`]: [sts],
    'sts.amazonaws.com': [sts],
  };
}
