import { cidrsOverlap, formatCidr, type Cidr } from '../../model/network/addresses.ts';
import type { SubnetRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import { storedCidr } from './cidr-block.ts';
import * as errors from './errors.ts';
import { associateAcl } from './network-acl.ts';
import { quotas } from './quotas.ts';
import { defaultAclOf, subnetOf, vpcChanged } from './resources.ts';
import { identify, storeTags, type RequestedTags } from './tags.ts';

type Chosen = Pick<SubnetRow, 'vpcId' | 'availabilityZone' | 'mapPublicIpOnLaunch' | 'defaultForAz'>;

/** Whether a subnet of the VPC has any address of the block. */
export function isTaken({ store }: Pick<OperationContext, 'store'>, vpcId: string, cidr: Cidr): boolean {
  return store.ec2.subnets.list({ vpcId }).some(({ cidrBlock }) => cidrsOverlap(storedCidr(cidrBlock), cidr));
}

/** A subnet of a block that is free, with the VPC's default ACL. */
export function insertSubnet(context: OperationContext, cidr: Cidr, chosen: Chosen, tags: RequestedTags): SubnetRow {
  const { store, accountId } = context;
  const { vpcId } = chosen;
  if (store.ec2.subnets.count({ vpcId }) >= quotas.subnetsPerVpc) throw errors.limitExceeded('Subnet', 'subnets');
  const subnetId = identify(context, 'subnet', tags);
  store.ec2.subnets.insert({ subnetId, ownerId: accountId, createdAt: context.now.toISOString(), cidrBlock: formatCidr(cidr), ...chosen });
  storeTags(context, subnetId, tags);
  associateAcl(context, defaultAclOf(context, vpcId), subnetId);
  vpcChanged(context, vpcId);
  return subnetOf(context, subnetId);
}
