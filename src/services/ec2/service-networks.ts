import { serviceAccountId } from '../../model/job/service-account.ts';
import { availabilityZonesOf } from '../../model/regions.ts';
import { present } from '../../stdx/assert.ts';
import type { SecurityGroupRow, SubnetRow, VpcRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import { storedCidr } from './cidr-block.ts';
import { insertInternetGateway } from './new-internet-gateway.ts';
import { insertSubnet } from './new-subnet.ts';
import { insertVpc } from './new-vpc.ts';
import { allocateAddress } from './operations/allocate-address.ts';
import { associateRouteTable } from './operations/associate-route-table.ts';
import { attachInternetGateway } from './operations/attach-internet-gateway.ts';
import { createNatGateway } from './operations/create-nat-gateway.ts';
import { createRoute } from './operations/create-route.ts';
import { createRouteTable } from './operations/create-route-table.ts';
import { deleteSecurityGroup } from './operations/delete-security-group.ts';
import { deleteSubnet } from './operations/delete-subnet.ts';
import { deleteVpc } from './operations/delete-vpc.ts';
import { mainRouteTableOf, vpcChanged } from './resources.ts';
import type { RequestedTags } from './tags.ts';

/** Shared address space: no VPC of a user's own is usually there, and no packet for it ever leaves by the uplink. */
const managedBlock = '100.64.0.0/16';
const natBlock = '100.64.0.0/28';
const jobsBlock = '100.64.128.0/17';
/** Every peer network has the same: none leads anywhere. */
const peersBlock = '100.65.0.0/24';
const everywhere = '0.0.0.0/0';
const noTags: RequestedTags = { tags: new Map() };

/** `managed`: the network that all jobs without VpcConfig share. `peers`: one per isolated job, that leads nowhere. */
export type ServiceNetworkKind = 'managed' | 'peers';

/** Where the interfaces of one job are put. */
export interface ServicePlace {
  readonly subnetId: string;
  readonly groupId: string;
}

/** By its name a job finds its group again, and by the group the network. */
const groupNameOf = (kind: ServiceNetworkKind, job: string): string => `${kind} ${job}`;

/**
 * The networks that SageMaker manages itself: VPCs like any other, of an account that nobody is. Each function belongs into
 * one transaction, in a context of that account, and does nothing when what it makes, or takes away, was made or taken away.
 */
export function ensureServiceNetwork(context: OperationContext, kind: ServiceNetworkKind, job: string): ServicePlace {
  const found = findGroup(context, kind, job);
  if (found !== undefined) return { subnetId: subnetOfJobs(context, found.vpcId).subnetId, groupId: found.groupId };
  const vpc = kind === 'managed' ? (findManaged(context) ?? insertManaged(context)) : insertPeers(context);
  const groupId = insertGroup(context, vpc.vpcId, groupNameOf(kind, job), kind === 'managed');
  return { subnetId: subnetOfJobs(context, vpc.vpcId).subnetId, groupId };
}

/** After the job's interfaces are gone. The managed network stays for the next job; a peer network goes with its own. */
export function releaseServiceNetworks(context: OperationContext, job: string): void {
  const managed = findGroup(context, 'managed', job);
  if (managed !== undefined) deleteSecurityGroup.commit({ GroupId: managed.groupId }, context, undefined);
  const peers = findGroup(context, 'peers', job);
  if (peers === undefined) return;
  deleteSecurityGroup.commit({ GroupId: peers.groupId }, context, undefined);
  deleteSubnet.commit({ SubnetId: subnetOfJobs(context, peers.vpcId).subnetId }, context, undefined);
  deleteVpc.commit({ VpcId: peers.vpcId }, context, undefined);
}

function findGroup({ store }: OperationContext, kind: ServiceNetworkKind, job: string): SecurityGroupRow | undefined {
  const name = groupNameOf(kind, job);
  return store.ec2.securityGroups.list().find(({ ownerId, groupName }) => ownerId === serviceAccountId && groupName === name);
}

const findManaged = ({ store }: OperationContext): VpcRow | undefined =>
  store.ec2.vpcs.list({ ownerId: serviceAccountId }).find(({ cidrBlocks }) => cidrBlocks[0]?.cidrBlock === managedBlock);

/** The NAT gateway's subnet is none of theirs. */
const subnetOfJobs = ({ store }: OperationContext, vpcId: string): SubnetRow =>
  present(
    store.ec2.subnets.list({ vpcId }).find(({ cidrBlock }) => cidrBlock !== natBlock),
    `${vpcId} has a subnet of jobs`,
  );

/** Jobs are behind a NAT gateway: they reach what is at the internet edge, and nothing there reaches them. */
function insertManaged(context: OperationContext): VpcRow {
  const vpc = insertNetwork(context, managedBlock);
  const { vpcId: VpcId } = vpc;
  addSubnet(context, VpcId, jobsBlock);
  const { internetGatewayId: GatewayId } = insertInternetGateway(context, noTags);
  attachInternetGateway.commit({ InternetGatewayId: GatewayId, VpcId }, context, undefined);
  const { subnetId: SubnetId } = addSubnet(context, VpcId, natBlock);
  const { RouteTable } = createRouteTable.commit({ VpcId }, context, undefined);
  const RouteTableId = present(RouteTable?.RouteTableId, 'a route table has an id');
  createRoute.commit({ RouteTableId, DestinationCidrBlock: everywhere, GatewayId }, context, undefined);
  associateRouteTable.commit({ RouteTableId, SubnetId }, context, undefined);
  const { AllocationId } = allocateAddress.commit({}, context, undefined);
  const { NatGateway } = createNatGateway.commit({ SubnetId, AllocationId }, context, undefined);
  const toNat = { DestinationCidrBlock: everywhere, NatGatewayId: present(NatGateway?.NatGatewayId, 'a NAT gateway has an id') };
  createRoute.commit({ RouteTableId: mainRouteTableOf(context, VpcId).routeTableId, ...toNat }, context, undefined);
  return vpc;
}

/** No gateway, no endpoint, no resolver. */
function insertPeers(context: OperationContext): VpcRow {
  const { vpcId } = insertNetwork(context, peersBlock);
  context.store.ec2.vpcs.update(vpcId, { enableDnsSupport: false });
  addSubnet(context, vpcId, peersBlock);
  return context.store.ec2.vpcs.get(vpcId);
}

const insertNetwork = (context: OperationContext, block: string): VpcRow =>
  insertVpc(context, block, { instanceTenancy: 'default', enableDnsHostnames: false, isDefault: false }, noTags);

function addSubnet(context: OperationContext, vpcId: string, block: string): SubnetRow {
  const availabilityZone = present(availabilityZonesOf(context.region)[0], 'a region has a zone').zoneName;
  return insertSubnet(context, storedCidr(block), { vpcId, availabilityZone, mapPublicIpOnLaunch: false }, noTags);
}

/** In: the job's own instances. Out: everywhere, or to these alone. */
function insertGroup(context: OperationContext, vpcId: string, groupName: string, leadsOut: boolean): string {
  const groupId = context.newId('sg');
  context.store.ec2.securityGroups.insert({
    groupId,
    groupName,
    description: 'instances of a training job',
    vpcId,
    ownerId: context.accountId,
    createdAt: context.now.toISOString(),
    rules: [
      { securityGroupRuleId: context.newId('sgr'), direction: 'ingress', protocol: 'all', peer: { groupId } },
      { securityGroupRuleId: context.newId('sgr'), direction: 'egress', protocol: 'all', peer: leadsOut ? { cidrBlock: everywhere } : { groupId } },
    ],
  });
  vpcChanged(context, vpcId);
  return groupId;
}
