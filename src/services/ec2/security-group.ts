import type { RevokedSecurityGroupRule, SecurityGroup, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { SecurityGroupRow, SecurityGroupRuleRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import { arnOf } from './authorization.ts';
import { findDefaultVpc } from './default-vpc.ts';
import * as errors from './errors.ts';
import type { FilterTable } from './filters.ts';
import { prefixListWeight } from './prefix-list.ts';
import { quotas } from './quotas.ts';
import { groupOf, vpcChanged, type ResourceContext, type RuleInGroup } from './resources.ts';
import { ruleKey, ruleText, wirePermissions, wireProtocol, type RuleRequest } from './security-group-permission.ts';
import { identify, storeTags, wireTags, type RequestedTags } from './tags.ts';

export type Direction = SecurityGroupRuleRow['direction'];
type ArnContext = ResourceContext & Pick<OperationContext, 'region'>;

const rulesOf = (row: SecurityGroupRow, direction: Direction): SecurityGroupRuleRow[] => row.rules.filter((rule) => rule.direction === direction);

export function wireGroup(context: ArnContext, row: SecurityGroupRow): SecurityGroup {
  return {
    GroupId: row.groupId,
    GroupName: row.groupName,
    Description: row.description,
    VpcId: row.vpcId,
    OwnerId: row.ownerId,
    SecurityGroupArn: arnOf(context, 'security-group', row.groupId),
    IpPermissions: wirePermissions(row.ownerId, rulesOf(row, 'ingress')),
    IpPermissionsEgress: wirePermissions(row.ownerId, rulesOf(row, 'egress')),
    Tags: wireTags(context, row.groupId),
  };
}

/** What all of EC2's shapes of one rule share. Without ports both are -1. */
function ruleMembers({ rule, group }: RuleInGroup) {
  const { peer } = rule;
  return {
    SecurityGroupRuleId: rule.securityGroupRuleId,
    GroupId: group.groupId,
    IsEgress: rule.direction === 'egress',
    IpProtocol: wireProtocol(rule.protocol),
    FromPort: rule.fromPort ?? -1,
    ToPort: rule.toPort ?? -1,
    ...('cidrBlock' in peer ? { CidrIpv4: peer.cidrBlock } : {}),
    ...('ipv6CidrBlock' in peer ? { CidrIpv6: peer.ipv6CidrBlock } : {}),
    ...('prefixListId' in peer ? { PrefixListId: peer.prefixListId } : {}),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
  };
}

export function wireRule(context: ArnContext, found: RuleInGroup): SecurityGroupRule {
  const { rule, group } = found;
  return {
    ...ruleMembers(found),
    GroupOwnerId: group.ownerId,
    SecurityGroupRuleArn: arnOf(context, 'security-group-rule', rule.securityGroupRuleId),
    ...('groupId' in rule.peer ? { ReferencedGroupInfo: { GroupId: rule.peer.groupId, UserId: group.ownerId, VpcId: group.vpcId } } : {}),
    Tags: wireTags(context, rule.securityGroupRuleId),
  };
}

function wireRevokedRule(found: RuleInGroup): RevokedSecurityGroupRule {
  const { peer } = found.rule;
  return { ...ruleMembers(found), ...('groupId' in peer ? { ReferencedGroupId: peer.groupId } : {}) };
}

/** The group a rule request names. By name only groups of the default VPC are found. */
export function requestedGroup(context: ResourceContext, input: { GroupId?: string | undefined; GroupName?: string | undefined }): SecurityGroupRow {
  if (input.GroupId !== undefined) return groupOf(context, input.GroupId);
  if (input.GroupName !== undefined) return defaultVpcGroup(context, input.GroupName);
  throw errors.missingParameter('The request must contain the parameter groupName or groupId');
}

function defaultVpcGroup(context: ResourceContext, name: string): SecurityGroupRow {
  const vpc = findDefaultVpc(context);
  if (vpc === undefined) throw errors.noDefaultVpc();
  const row = context.store.ec2.securityGroups.list({ vpcId: vpc.vpcId }).find(({ groupName }) => groupName === name);
  if (row === undefined) throw errors.groupNotFound(name);
  return row;
}

const isIpv6 = ({ peer }: RuleRequest): boolean => 'ipv6CidrBlock' in peer;

/** No two alike and at most 60 in a direction, IPv4 and IPv6 apart; a rule with a prefix list counts as many as the list may hold. */
export function checkRules(context: ArnContext, rules: readonly SecurityGroupRuleRow[]): void {
  const weight = ({ peer }: RuleRequest): number => ('prefixListId' in peer ? prefixListWeight(context, peer.prefixListId) : 1);
  for (const direction of ['ingress', 'egress'] as const) {
    const alike = rules.filter((rule) => rule.direction === direction);
    const [ipv6, ipv4] = [true, false].map((family) => alike.filter((rule) => isIpv6(rule) === family).reduce((sum, rule) => sum + weight(rule), 0));
    if (Math.max(ipv6 ?? 0, ipv4 ?? 0) > quotas.rulesPerSecurityGroup) throw errors.tooManyRules();
    const seen = new Set<string>();
    for (const rule of alike) {
      if (seen.has(ruleKey(rule))) throw errors.ruleExists(ruleText(rule));
      seen.add(ruleKey(rule));
    }
  }
}

/** Adds rules to a group, all or none. */
export function authorizeRules(
  context: OperationContext,
  group: SecurityGroupRow,
  direction: Direction,
  requests: readonly RuleRequest[],
  tags: RequestedTags,
): SecurityGroupRule[] {
  if (requests.length === 0) throw errors.parameterRequired('ipPermissions');
  if (tags.chosenId !== undefined && requests.length > 1) throw errors.chosenIdOfMany();
  const added = requests.map((request) => ({ securityGroupRuleId: identify(context, 'sgr', tags), direction, ...request }));
  const rules = [...group.rules, ...added];
  checkRules(context, rules);
  context.store.ec2.securityGroups.update(group.groupId, { rules });
  for (const { securityGroupRuleId } of added) storeTags(context, securityGroupRuleId, tags);
  vpcChanged(context, group.vpcId);
  return added.map((rule) => wireRule(context, { group, rule }));
}

/** The rules to take out: those named by id, and those equal to what is described. */
export function rulesToRevoke(
  group: SecurityGroupRow,
  direction: Direction,
  ruleIds: readonly string[],
  requests: readonly RuleRequest[],
): SecurityGroupRuleRow[] {
  if (ruleIds.length > 0 && requests.length > 0) {
    throw errors.invalidParameterCombination('The parameter securityGroupRuleIds may not be used with ipPermissions');
  }
  if (ruleIds.length === 0 && requests.length === 0) throw errors.parameterRequired('ipPermissions');
  const own = rulesOf(group, direction);
  const byId = ruleIds.map((id) => {
    const rule = own.find(({ securityGroupRuleId }) => securityGroupRuleId === id);
    if (rule === undefined) throw errors.ruleNotFound(id);
    return rule;
  });
  const byPermission = requests.map((request) => {
    const rule = own.find((candidate) => ruleKey(candidate) === ruleKey(request));
    if (rule === undefined) throw errors.ruleAbsent();
    return rule;
  });
  return [...new Set([...byId, ...byPermission])];
}

export function revokeRules(
  context: OperationContext,
  group: SecurityGroupRow,
  revoked: readonly SecurityGroupRuleRow[],
): RevokedSecurityGroupRule[] {
  const { ec2 } = context.store;
  ec2.securityGroups.update(group.groupId, { rules: group.rules.filter((rule) => !revoked.includes(rule)) });
  for (const { securityGroupRuleId } of revoked) ec2.removeTags(securityGroupRuleId);
  vpcChanged(context, group.vpcId);
  return revoked.map((rule) => wireRevokedRule({ group, rule }));
}

/** The rule filters of a group exist for both directions: `ip-permission.cidr`, `egress.ip-permission.cidr`. */
function permissionFilters(prefix: string, direction: Direction): FilterTable<SecurityGroupRow> {
  const each =
    <T>(read: (rule: SecurityGroupRuleRow) => T) =>
    (row: SecurityGroupRow): T[] =>
      rulesOf(row, direction).map((rule) => read(rule));
  const groupNames = (context: SecurityGroupRow): (string | undefined)[] =>
    rulesOf(context, direction).map(({ peer }) => ('groupId' in peer && peer.groupId === context.groupId ? context.groupName : undefined));
  return {
    [`${prefix}cidr`]: each(({ peer }) => ('cidrBlock' in peer ? peer.cidrBlock : undefined)),
    [`${prefix}from-port`]: each(({ fromPort }) => fromPort),
    [`${prefix}group-id`]: each(({ peer }) => ('groupId' in peer ? peer.groupId : undefined)),
    [`${prefix}group-name`]: groupNames,
    [`${prefix}ipv6-cidr`]: each(({ peer }) => ('ipv6CidrBlock' in peer ? peer.ipv6CidrBlock : undefined)),
    [`${prefix}prefix-list-id`]: each(({ peer }) => ('prefixListId' in peer ? peer.prefixListId : undefined)),
    [`${prefix}protocol`]: each(({ protocol }) => wireProtocol(protocol)),
    [`${prefix}to-port`]: each(({ toPort }) => toPort),
    [`${prefix}user-id`]: (row) => rulesOf(row, direction).map(({ peer }) => ('groupId' in peer ? row.ownerId : undefined)),
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
export const groupFilters: FilterTable<SecurityGroupRow> = {
  description: (row) => row.description,
  'group-id': (row) => row.groupId,
  'group-name': (row) => row.groupName,
  'owner-id': (row) => row.ownerId,
  'vpc-id': (row) => row.vpcId,
  ...permissionFilters('ip-permission.', 'ingress'),
  ...permissionFilters('egress.ip-permission.', 'egress'),
};
