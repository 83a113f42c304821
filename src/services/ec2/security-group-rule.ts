import type { SecurityGroupRow, SecurityGroupRuleRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import type { Ec2Input } from './ec2-operation.ts';
import * as errors from './errors.ts';
import type { FilterTable } from './filters.ts';
import type { RuleInGroup } from './resources.ts';
import type { Direction } from './security-group.ts';
import {
  checkRuleDescription,
  requestedGroupPeer,
  requestedIpv4Peer,
  requestedIpv6Peer,
  requestedPorts,
  requestedPrefixListPeer,
  requestedRules,
  ruleKey,
  type RuleRequest,
} from './security-group-permission.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html */
export const ruleFilters: FilterTable<RuleInGroup> = {
  'group-id': ({ group }) => group.groupId,
  'security-group-rule-id': ({ rule }) => rule.securityGroupRuleId,
};

type RuleChange = NonNullable<Ec2Input<'ModifySecurityGroupRules'>['SecurityGroupRules'][number]['SecurityGroupRule']>;

/** The rule that a modification asks for. It names exactly one peer. */
export function requestedRule(context: OperationContext, group: SecurityGroupRow, change: RuleChange): RuleRequest {
  const peers = [
    ...(change.CidrIpv4 === undefined ? [] : [requestedIpv4Peer(change.CidrIpv4)]),
    ...(change.CidrIpv6 === undefined ? [] : [requestedIpv6Peer(change.CidrIpv6)]),
    ...(change.PrefixListId === undefined ? [] : [requestedPrefixListPeer(context, change.PrefixListId)]),
    ...(change.ReferencedGroupId === undefined ? [] : [requestedGroupPeer(context, group.vpcId, change.ReferencedGroupId)]),
  ];
  const [peer] = peers;
  const message = 'The request must contain exactly one of cidrIpv4, cidrIpv6, prefixListId, referencedGroupId';
  if (peer === undefined) throw errors.missingParameter(message);
  if (peers.length > 1) throw errors.invalidParameterCombination(message);
  return { ...requestedPorts(change.IpProtocol, change.FromPort, change.ToPort), peer, ...checkRuleDescription(change.Description) };
}

function withDescription({ description: _replaced, ...rule }: SecurityGroupRuleRow, description: string | undefined): SecurityGroupRuleRow {
  return { ...rule, ...checkRuleDescription(description) };
}

type DescriptionsInput = Ec2Input<'UpdateSecurityGroupRuleDescriptionsIngress'> | Ec2Input<'UpdateSecurityGroupRuleDescriptionsEgress'>;

/** Gives rules new descriptions, by id or by what they let through. Packets are not concerned: no new generation. */
export function describeRules(context: OperationContext, group: SecurityGroupRow, direction: Direction, input: DescriptionsInput): void {
  const byId = new Map((input.SecurityGroupRuleDescriptions ?? []).map((each) => [each.SecurityGroupRuleId ?? '', each.Description]));
  const requests = requestedRules(context, group, { IpPermissions: input.IpPermissions });
  const byKey = new Map(requests.map((request) => [ruleKey(request), request.description]));
  if (byId.size > 0 && byKey.size > 0) {
    throw errors.invalidParameterCombination('The parameter securityGroupRuleDescriptions may not be used with ipPermissions');
  }
  if (byId.size + byKey.size === 0) throw errors.parameterRequired('ipPermissions');
  const own = group.rules.filter((rule) => rule.direction === direction);
  const absent = [...byId.keys()].find((id) => !own.some(({ securityGroupRuleId }) => securityGroupRuleId === id));
  if (absent !== undefined) throw errors.ruleNotFound(absent);
  const keys = new Set(own.map((rule) => ruleKey(rule)));
  if ([...byKey.keys()].some((key) => !keys.has(key))) throw errors.ruleAbsent();

  const rules = group.rules.map((rule) => {
    if (rule.direction !== direction) return rule;
    if (byId.has(rule.securityGroupRuleId)) return withDescription(rule, byId.get(rule.securityGroupRuleId));
    return byKey.has(ruleKey(rule)) ? withDescription(rule, byKey.get(ruleKey(rule))) : rule;
  });
  context.store.ec2.securityGroups.update(group.groupId, { rules });
}
