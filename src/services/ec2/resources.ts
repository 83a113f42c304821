import type { AwsError } from '../../aws/aws-error.ts';
import { assert } from '../../stdx/assert.ts';
import type { Collection } from '../../store/collection.ts';
import type {
  DhcpOptionsRow,
  ElasticIpRow,
  InternetGatewayRow,
  NatGatewayRow,
  NetworkAclRow,
  NetworkInterfaceRow,
  PrefixListRow,
  RouteTableRow,
  SecurityGroupRow,
  SecurityGroupRuleRow,
  SubnetRow,
  VpcEndpointRow,
  VpcRow,
} from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import type { FlowLogRow } from '../../store/flow-logs.ts';
import * as errors from './errors.ts';

/** What a lookup needs of the context: authorisation and commit look the same way. */
export type ResourceContext = Pick<OperationContext, 'store' | 'accountId'>;

interface Noun {
  readonly prefix: string;
  readonly malformed: string;
  readonly notFound: (id: string) => AwsError;
}

const nouns = {
  vpc: { prefix: 'vpc', malformed: 'InvalidVpcID.Malformed', notFound: errors.vpcNotFound },
  subnet: { prefix: 'subnet', malformed: 'InvalidSubnetID.Malformed', notFound: errors.subnetNotFound },
  routeTable: { prefix: 'rtb', malformed: 'InvalidRouteTableID.Malformed', notFound: errors.routeTableNotFound },
  networkAcl: { prefix: 'acl', malformed: 'InvalidNetworkAclId.Malformed', notFound: errors.networkAclNotFound },
  group: { prefix: 'sg', malformed: 'InvalidGroupId.Malformed', notFound: errors.groupNotFound },
  rule: { prefix: 'sgr', malformed: 'InvalidSecurityGroupRuleId.Malformed', notFound: errors.ruleNotFound },
  vpcEndpoint: { prefix: 'vpce', malformed: 'InvalidVpcEndpointId.Malformed', notFound: errors.vpcEndpointNotFound },
  flowLog: { prefix: 'fl', malformed: 'InvalidFlowLogId.Malformed', notFound: (id) => errors.flowLogsNotFound([id]) },
  internetGateway: { prefix: 'igw', malformed: 'InvalidInternetGatewayId.Malformed', notFound: errors.internetGatewayNotFound },
  elasticIp: { prefix: 'eipalloc', malformed: 'InvalidAllocationID.Malformed', notFound: errors.allocationNotFound },
  natGateway: { prefix: 'nat', malformed: 'NatGatewayMalformed', notFound: errors.natGatewayNotFound },
  networkInterface: { prefix: 'eni', malformed: 'InvalidNetworkInterfaceId.Malformed', notFound: errors.networkInterfaceNotFound },
  dhcpOptions: { prefix: 'dopt', malformed: 'InvalidDhcpOptionsId.Malformed', notFound: errors.dhcpOptionsNotFound },
  prefixList: { prefix: 'pl', malformed: 'InvalidPrefixListId.Malformed', notFound: errors.prefixListNotFound },
} satisfies Record<string, Noun>;

function checkPrefix(noun: Noun, id: string): void {
  if (!id.startsWith(`${noun.prefix}-`)) throw errors.malformedId(noun.malformed, id, noun.prefix);
}

/** A row of the caller's account. Another account's is not found, as on AWS. */
function owned<Row extends { readonly ownerId: string }>(context: ResourceContext, noun: Noun, collection: Collection<Row>, id: string): Row {
  checkPrefix(noun, id);
  const row = collection.find(id);
  if (row === undefined || row.ownerId !== context.accountId) throw noun.notFound(id);
  return row;
}

export const vpcOf = (context: ResourceContext, id: string): VpcRow => owned(context, nouns.vpc, context.store.ec2.vpcs, id);
export const subnetOf = (context: ResourceContext, id: string): SubnetRow => owned(context, nouns.subnet, context.store.ec2.subnets, id);
export const routeTableOf = (context: ResourceContext, id: string): RouteTableRow =>
  owned(context, nouns.routeTable, context.store.ec2.routeTables, id);
export const networkAclOf = (context: ResourceContext, id: string): NetworkAclRow =>
  owned(context, nouns.networkAcl, context.store.ec2.networkAcls, id);
export const groupOf = (context: ResourceContext, id: string): SecurityGroupRow => owned(context, nouns.group, context.store.ec2.securityGroups, id);
export const vpcEndpointOf = (context: ResourceContext, id: string): VpcEndpointRow =>
  owned(context, nouns.vpcEndpoint, context.store.ec2.vpcEndpoints, id);
export const networkInterfaceOf = (context: ResourceContext, id: string): NetworkInterfaceRow =>
  owned(context, nouns.networkInterface, context.store.ec2.networkInterfaces, id);
export const internetGatewayOf = (context: ResourceContext, id: string): InternetGatewayRow =>
  owned(context, nouns.internetGateway, context.store.ec2.internetGateways, id);
export const elasticIpOf = (context: ResourceContext, id: string): ElasticIpRow => owned(context, nouns.elasticIp, context.store.ec2.elasticIps, id);
export const natGatewayOf = (context: ResourceContext, id: string): NatGatewayRow =>
  owned(context, nouns.natGateway, context.store.ec2.natGateways, id);

export const flowLogOf = (context: ResourceContext, id: string): FlowLogRow => owned(context, nouns.flowLog, context.store.flowLogs.rows, id);
export const dhcpOptionsOf = (context: ResourceContext, id: string): DhcpOptionsRow =>
  owned(context, nouns.dhcpOptions, context.store.ec2.dhcpOptions, id);
export const prefixListRowOf = (context: ResourceContext, id: string): PrefixListRow =>
  owned(context, nouns.prefixList, context.store.ec2.prefixLists, id);

/** A rule and the group it stands in. */
export interface RuleInGroup {
  readonly group: SecurityGroupRow;
  readonly rule: SecurityGroupRuleRow;
}

export function allRules({ store, accountId }: ResourceContext): RuleInGroup[] {
  const groups = store.ec2.securityGroups.list().filter(({ ownerId }) => ownerId === accountId);
  return groups.flatMap((group) => group.rules.map((rule) => ({ group, rule })));
}

export function ruleOf(context: ResourceContext, id: string): RuleInGroup {
  checkPrefix(nouns.rule, id);
  const found = allRules(context).find(({ rule }) => rule.securityGroupRuleId === id);
  if (found === undefined) throw nouns.rule.notFound(id);
  return found;
}

/** The main table is what a subnet without an association of its own uses. */
export function mainRouteTableOf({ store }: ResourceContext, vpcId: string): RouteTableRow {
  const main = store.ec2.routeTables.list({ vpcId }).find((table) => table.main);
  assert(main !== undefined, `${vpcId} has a main route table`);
  return main;
}

/** What a subnet has unless it is given another one. */
export function defaultAclOf({ store }: ResourceContext, vpcId: string): NetworkAclRow {
  const acl = store.ec2.networkAcls.list({ vpcId }).find(({ isDefault }) => isDefault);
  assert(acl !== undefined, `${vpcId} has a default network ACL`);
  return acl;
}

export function defaultGroupOf({ store }: ResourceContext, vpcId: string): SecurityGroupRow {
  const group = store.ec2.securityGroups.list({ vpcId }).find(({ groupName }) => groupName === 'default');
  assert(group !== undefined, `${vpcId} has a default security group`);
  return group;
}

/** AWS's resource types, as in ARNs and tag specifications. */
export type ResourceType =
  | 'vpc'
  | 'subnet'
  | 'route-table'
  | 'network-acl'
  | 'security-group'
  | 'security-group-rule'
  | 'vpc-endpoint'
  | 'internet-gateway'
  | 'elastic-ip'
  | 'natgateway'
  | 'network-interface'
  | 'vpc-flow-log'
  | 'dhcp-options'
  | 'prefix-list';

interface TypedResource {
  readonly type: ResourceType;
  /** `vpcId` of what is in a VPC. */
  readonly find: (context: ResourceContext, id: string) => { readonly vpcId?: string };
}

const inNoVpc =
  (find: (context: ResourceContext, id: string) => object): TypedResource['find'] =>
  (context, id) => {
    find(context, id);
    return {};
  };

const byPrefix: Readonly<Record<string, TypedResource>> = {
  vpc: { type: 'vpc', find: vpcOf },
  subnet: { type: 'subnet', find: subnetOf },
  rtb: { type: 'route-table', find: routeTableOf },
  acl: { type: 'network-acl', find: networkAclOf },
  sg: { type: 'security-group', find: groupOf },
  sgr: { type: 'security-group-rule', find: (context, id) => ruleOf(context, id).group },
  vpce: { type: 'vpc-endpoint', find: vpcEndpointOf },
  igw: { type: 'internet-gateway', find: internetGatewayOf },
  eipalloc: { type: 'elastic-ip', find: inNoVpc(elasticIpOf) },
  nat: { type: 'natgateway', find: natGatewayOf },
  eni: { type: 'network-interface', find: networkInterfaceOf },
  fl: { type: 'vpc-flow-log', find: flowLogOf },
  dopt: { type: 'dhcp-options', find: inNoVpc(dhcpOptionsOf) },
  pl: { type: 'prefix-list', find: inNoVpc(prefixListRowOf) },
};

/** The type that an id's prefix tells. */
export function resourceTypeOf(id: string): ResourceType | undefined {
  return typed(id)?.type;
}

/** Any resource that has tags, and its VPC if it is in one. Throws its own NotFound, or `InvalidID` for what is no id. */
export function taggableResource(context: ResourceContext, id: string): { readonly type: ResourceType; readonly vpcId?: string } {
  const resource = typed(id);
  if (resource === undefined) throw errors.invalidId(id);
  const { vpcId } = resource.find(context, id);
  return { type: resource.type, ...(vpcId === undefined ? {} : { vpcId }) };
}

function typed(id: string): TypedResource | undefined {
  const prefix = id.slice(0, Math.max(0, id.indexOf('-')));
  return Object.hasOwn(byPrefix, prefix) ? byPrefix[prefix] : undefined;
}

/** Every change to anything in a VPC: a new generation for its reconciler, which is asked to look. */
export function vpcChanged({ store, wake }: OperationContext, vpcId: string): void {
  store.ec2.bumpGeneration(vpcId);
  wake('vpc-network');
}
