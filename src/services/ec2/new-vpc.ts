import { serviceAccountId } from '../../model/job/service-account.ts';
import type { VpcRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import * as errors from './errors.ts';
import { openEntries } from './network-acl.ts';
import { quotas } from './quotas.ts';
import { vpcChanged, vpcOf } from './resources.ts';
import { identify, storeTags, type RequestedTags } from './tags.ts';
import { defaultDhcpOptionsId } from './vpc.ts';

type Chosen = Pick<VpcRow, 'instanceTenancy' | 'enableDnsHostnames' | 'isDefault'>;

/** A VPC with what every VPC is born with: its main table, its default group and its default ACL. */
export function insertVpc(context: OperationContext, cidrBlock: string, chosen: Chosen, tags: RequestedTags): VpcRow {
  const { store, accountId } = context;
  if (store.ec2.vpcs.count({ ownerId: accountId }) >= quotas.vpcs && accountId !== serviceAccountId) throw errors.limitExceeded('Vpc', 'VPCs');
  const vpcId = identify(context, 'vpc', tags);
  store.ec2.vpcs.insert({
    vpcId,
    number: store.identifiers.next('vpc'),
    generation: 0,
    ownerId: accountId,
    createdAt: context.now.toISOString(),
    cidrBlocks: [{ associationId: context.newId('vpc-cidr-assoc'), cidrBlock }],
    enableDnsSupport: true,
    dhcpOptionsId: defaultDhcpOptionsId(context),
    ...chosen,
  });
  storeTags(context, vpcId, tags);
  insertMainRouteTable(context, vpcId, cidrBlock);
  insertDefaultGroup(context, vpcId);
  insertDefaultAcl(context, vpcId);
  vpcChanged(context, vpcId);
  return vpcOf(context, vpcId);
}

function insertMainRouteTable(context: OperationContext, vpcId: string, cidrBlock: string): void {
  context.store.ec2.routeTables.insert({
    routeTableId: context.newId('rtb'),
    number: context.store.identifiers.next('route-table'),
    vpcId,
    ownerId: context.accountId,
    createdAt: context.now.toISOString(),
    main: true,
    associations: [{ associationId: context.newId('rtbassoc'), main: true }],
    routes: [{ destination: { cidrBlock }, target: { kind: 'local' }, origin: 'CreateRouteTable' }],
  });
}

/** Everything in from its own members, everything out. */
function insertDefaultGroup(context: OperationContext, vpcId: string): void {
  const groupId = context.newId('sg');
  context.store.ec2.securityGroups.insert({
    groupId,
    groupName: 'default',
    description: 'default VPC security group',
    vpcId,
    ownerId: context.accountId,
    createdAt: context.now.toISOString(),
    rules: [
      { securityGroupRuleId: context.newId('sgr'), direction: 'ingress', protocol: 'all', peer: { groupId } },
      { securityGroupRuleId: context.newId('sgr'), direction: 'egress', protocol: 'all', peer: { cidrBlock: '0.0.0.0/0' } },
    ],
  });
}

function insertDefaultAcl(context: OperationContext, vpcId: string): void {
  context.store.ec2.networkAcls.insert({
    networkAclId: context.newId('acl'),
    vpcId,
    ownerId: context.accountId,
    createdAt: context.now.toISOString(),
    isDefault: true,
    associations: [],
    entries: openEntries,
  });
}
