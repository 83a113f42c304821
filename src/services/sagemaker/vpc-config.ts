import { present } from '../../stdx/assert.ts';
import type { OperationContext } from '../operation.ts';
import { sagemakerErrors } from './errors.ts';

export interface VpcConfig {
  readonly Subnets: readonly string[];
  readonly SecurityGroupIds: readonly string[];
}

/**
 * What must hold of a VpcConfig when a job is created: everything exists, in one VPC, of default tenancy. Whether a
 * subnet has room is judged when the job starts: addresses come and go.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html
 */
export function checkVpcConfig(config: VpcConfig, { store, accountId }: Pick<OperationContext, 'store' | 'accountId'>): void {
  const subnets = config.Subnets.map((subnetId) => {
    const subnet = store.ec2.subnets.find(subnetId);
    if (subnet?.ownerId !== accountId) throw sagemakerErrors.vpcConfig('InvalidSubnetID.NotFound', `The subnet ID '${subnetId}' does not exist`);
    return subnet;
  });
  const first = present(subnets[0], 'the shape requires a subnet');
  const otherVpc = subnets.find((subnet) => subnet.vpcId !== first.vpcId);
  if (otherVpc !== undefined) {
    throw sagemakerErrors.vpcConfig('InvalidParameter', `Subnets ${first.subnetId} and ${otherVpc.subnetId} belong to different networks.`);
  }
  for (const groupId of config.SecurityGroupIds) {
    const group = store.ec2.securityGroups.find(groupId);
    if (group?.ownerId !== accountId) throw sagemakerErrors.vpcConfig('InvalidGroup.NotFound', `The security group '${groupId}' does not exist`);
    if (group.vpcId !== first.vpcId) {
      throw sagemakerErrors.vpcConfig('InvalidParameter', `Security group ${groupId} and subnet ${first.subnetId} belong to different networks.`);
    }
  }
  if (store.ec2.vpcs.get(first.vpcId).instanceTenancy !== 'default') {
    throw sagemakerErrors.vpcConfig(
      'Unsupported',
      `Subnet ${first.subnetId} is in ${first.vpcId}, whose tenancy is dedicated. Jobs run on shared hardware: use a VPC of default tenancy.`,
    );
  }
}
