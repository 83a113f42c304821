import { isIPv6 } from 'node:net';
import type { IpPermission } from '@aws-sdk/client-ec2';
import { formatCidr, parseCidr } from '../../model/network/addresses.ts';
import type { RulePeer, RuleProtocol } from '../../model/network/world.ts';
import type { SecurityGroupRow, SecurityGroupRuleRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import type { Ec2Input } from './ec2-operation.ts';
import * as errors from './errors.ts';
import { prefixListOf } from './prefix-list.ts';
import { groupOf } from './resources.ts';
import { noIpv6, refuseUnsupported } from './unsupported.ts';

/** A rule before it has an id: what a permission asks for, one for each of its peers. */
export type RuleRequest = Omit<SecurityGroupRuleRow, 'securityGroupRuleId' | 'direction'>;
type Ports = Pick<RuleRequest, 'protocol' | 'fromPort' | 'toPort'>;

const named: Readonly<Record<string, RuleProtocol>> = { '-1': 'all', tcp: 'tcp', 6: 'tcp', udp: 'udp', 17: 'udp', icmp: 'icmp', 1: 'icmp' };
const icmpv6Names = new Set(['icmpv6', '58']);

function requestedProtocol(text: string | undefined): RuleProtocol {
  if (text === undefined || text === '') throw errors.parameterRequired('ipProtocol');
  const lower = text.toLowerCase();
  if (icmpv6Names.has(lower)) throw errors.unsupported('IpProtocol icmpv6', noIpv6);
  const known = Object.hasOwn(named, lower) ? named[lower] : undefined;
  if (known !== undefined) return known;
  const number = Number(lower);
  if (!/^\d{1,3}$/.test(lower) || number > 255) throw errors.invalidParameterValue(`Invalid value '${text}' for IP protocol. Unknown protocol.`);
  return number;
}

/** Protocol and ports, checked. Ports of protocols that have none are not kept, as on AWS. */
export function requestedPorts(protocolText: string | undefined, fromPort: number | undefined, toPort: number | undefined): Ports {
  const protocol = requestedProtocol(protocolText);
  if (protocol === 'all' || typeof protocol === 'number') return { protocol };
  if (protocol === 'icmp') return { protocol, ...requestedIcmpType(fromPort ?? -1, toPort ?? -1) };
  if (fromPort === undefined || toPort === undefined) {
    throw errors.invalidParameterValue("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
  }
  for (const port of [fromPort, toPort]) {
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw errors.invalidParameterValue(`TCP/UDP port (${port}) out of range`);
  }
  if (fromPort > toPort) throw errors.invalidParameterValue(`Invalid TCP/UDP port range (${fromPort}:${toPort})`);
  return { protocol, fromPort, toPort };
}

function requestedIcmpType(type: number, code: number): { fromPort: number; toPort: number } {
  if (!Number.isInteger(type) || type < -1 || type > 255) throw errors.invalidParameterValue(`ICMP type (${type}) out of range`);
  if (!Number.isInteger(code) || code < -1 || code > 255) throw errors.invalidParameterValue(`ICMP code (${code}) out of range`);
  if (type === -1 && code !== -1) throw errors.invalidParameterValue(`ICMP code (${code}) not allowed with ICMP type -1`);
  return { fromPort: type, toPort: code };
}

export function requestedIpv4Peer(text: string | undefined): RulePeer {
  const cidr = parseCidr(text ?? '');
  if (cidr === undefined) throw errors.invalidParameterValue(`CIDR block ${text ?? ''} is malformed`);
  return { cidrBlock: formatCidr(cidr) };
}

/** Stored and shown; there is no IPv6 for it to match. */
export function requestedIpv6Peer(text: string | undefined): RulePeer {
  const [address = '', length = '', ...rest] = (text ?? '').split('/');
  if (!isIPv6(address) || rest.length > 0 || !/^\d{1,3}$/.test(length) || Number(length) > 128) {
    throw errors.invalidParameterValue(`CIDR block ${text ?? ''} is malformed`);
  }
  return { ipv6CidrBlock: `${address.toLowerCase()}/${Number(length)}` };
}

export function requestedPrefixListPeer(context: OperationContext, prefixListId: string | undefined): RulePeer {
  return { prefixListId: prefixListOf(context, prefixListId ?? '').prefixListId };
}

export function requestedGroupPeer(context: OperationContext, vpcId: string, groupId: string): RulePeer {
  const group = groupOf(context, groupId);
  if (group.vpcId !== vpcId) throw errors.resourcesInDifferentNetworks();
  return { groupId };
}

interface GroupPair {
  readonly GroupId?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly UserId?: string | undefined;
  readonly VpcPeeringConnectionId?: string | undefined;
}

function requestedGroupPair(context: OperationContext, vpcId: string, pair: GroupPair): RulePeer {
  refuseUnsupported(pair, { VpcPeeringConnectionId: 'VPC peering is not enforced yet' });
  if (pair.UserId !== undefined && pair.UserId !== '' && pair.UserId !== context.accountId) {
    throw errors.unsupported('UserId', 'groups of other accounts cannot be referenced without VPC peering');
  }
  if (pair.GroupId !== undefined) return requestedGroupPeer(context, vpcId, pair.GroupId);
  if (pair.GroupName === undefined) throw errors.parameterRequired('groupId');
  const byName = context.store.ec2.securityGroups.list({ vpcId }).find(({ groupName }) => groupName === pair.GroupName);
  if (byName === undefined) throw errors.groupNotFound(pair.GroupName);
  return { groupId: byName.groupId };
}

const descriptionPattern = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

export function checkRuleDescription(description: string | undefined): { readonly description?: string } {
  if (description === undefined || description === '') return {};
  if (!descriptionPattern.test(description)) {
    throw errors.invalidParameterValue(
      'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
    );
  }
  return { description };
}

/** The rules that one `IpPermission` stands for. */
function requestsOf(context: OperationContext, vpcId: string, permission: PermissionInput): RuleRequest[] {
  const ports = requestedPorts(permission.IpProtocol, permission.FromPort, permission.ToPort);
  const described = (peer: RulePeer, description: string | undefined): RuleRequest => ({ ...ports, peer, ...checkRuleDescription(description) });
  const rules = [
    ...(permission.IpRanges ?? []).map((range) => described(requestedIpv4Peer(range.CidrIp), range.Description)),
    ...(permission.Ipv6Ranges ?? []).map((range) => described(requestedIpv6Peer(range.CidrIpv6), range.Description)),
    ...(permission.PrefixListIds ?? []).map((list) => described(requestedPrefixListPeer(context, list.PrefixListId), list.Description)),
    ...(permission.UserIdGroupPairs ?? []).map((pair) => described(requestedGroupPair(context, vpcId, pair), pair.Description)),
  ];
  if (rules.length === 0) throw errors.missingParameter('The request must contain a source or destination in ipPermissions');
  return rules;
}

type PermissionsInput = Ec2Input<'AuthorizeSecurityGroupIngress'> | Ec2Input<'AuthorizeSecurityGroupEgress'>;
type PermissionInput = NonNullable<PermissionsInput['IpPermissions']>[number];
/** The members that ingress, egress, authorise and revoke share. */
export type RuleMembers = Pick<
  PermissionsInput,
  'IpPermissions' | 'IpProtocol' | 'FromPort' | 'ToPort' | 'CidrIp' | 'SourceSecurityGroupName' | 'SourceSecurityGroupOwnerId'
>;

/** The one permission that the members of before `IpPermissions` name. */
function flatPermission(input: RuleMembers): PermissionInput | undefined {
  const { IpProtocol, FromPort, ToPort, CidrIp, SourceSecurityGroupName: GroupName, SourceSecurityGroupOwnerId: UserId } = input;
  const nothing = [IpProtocol, FromPort, ToPort, CidrIp, GroupName, UserId].every((member) => member === undefined);
  if (nothing) return undefined;
  return {
    // With a source group alone, everything of it is meant.
    IpProtocol: IpProtocol ?? (GroupName === undefined ? undefined : '-1'),
    FromPort,
    ToPort,
    IpRanges: CidrIp === undefined ? [] : [{ CidrIp }],
    UserIdGroupPairs: GroupName === undefined ? [] : [{ GroupName, UserId }],
  };
}

/** All rules that a request names, each once. */
export function requestedRules(context: OperationContext, group: SecurityGroupRow, input: RuleMembers): RuleRequest[] {
  const flat = flatPermission(input);
  const permissions = input.IpPermissions ?? [];
  if (flat !== undefined && permissions.length > 0) {
    throw errors.invalidParameterCombination('The parameter ipPermissions may not be used with ipProtocol, cidrIp or source groups');
  }
  const rules = (flat === undefined ? permissions : [flat]).flatMap((permission) => requestsOf(context, group.vpcId, permission));
  if (new Set(rules.map((rule) => ruleKey(rule))).size < rules.length) throw errors.ruleRepeated();
  return rules;
}

/** Equal for rules that let the same through. */
export function ruleKey({ protocol, fromPort, toPort, peer }: RuleRequest): string {
  return JSON.stringify([protocol, fromPort ?? null, toPort ?? null, peer]);
}

/** EC2's own way to name a rule in an error. */
export function ruleText({ protocol, fromPort, toPort, peer }: RuleRequest): string {
  const [peerText] = Object.values(peer) as [string];
  const number = (value: number | undefined): string => (value === undefined || value === -1 ? 'ALL' : String(value));
  if (protocol === 'all') return `peer: ${peerText}, ALL, ALLOW`;
  if (protocol === 'icmp') return `peer: ${peerText}, ICMP, type: ${number(fromPort)}, code: ${number(toPort)}, ALLOW`;
  if (typeof protocol === 'number') return `peer: ${peerText}, ${protocol}, ALLOW`;
  return `peer: ${peerText}, ${protocol.toUpperCase()}, from port: ${fromPort}, to port: ${toPort}, ALLOW`;
}

export const wireProtocol = (protocol: RuleProtocol): string => (protocol === 'all' ? '-1' : String(protocol));

/** Rules as EC2 shows them in a group: those with the same protocol and ports as one permission. */
export function wirePermissions(ownerId: string, rules: readonly SecurityGroupRuleRow[]): IpPermission[] {
  const byPorts = Map.groupBy(rules, ({ protocol, fromPort, toPort }) => JSON.stringify([protocol, fromPort, toPort]));
  return [...byPorts.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const note = ({ description }: SecurityGroupRuleRow) => (description === undefined ? {} : { Description: description });
    return {
      IpProtocol: wireProtocol(first.protocol),
      ...(first.fromPort === undefined ? {} : { FromPort: first.fromPort, ToPort: first.toPort }),
      IpRanges: alike.flatMap((rule) => ('cidrBlock' in rule.peer ? [{ CidrIp: rule.peer.cidrBlock, ...note(rule) }] : [])),
      Ipv6Ranges: alike.flatMap((rule) => ('ipv6CidrBlock' in rule.peer ? [{ CidrIpv6: rule.peer.ipv6CidrBlock, ...note(rule) }] : [])),
      PrefixListIds: alike.flatMap((rule) => ('prefixListId' in rule.peer ? [{ PrefixListId: rule.peer.prefixListId, ...note(rule) }] : [])),
      UserIdGroupPairs: alike.flatMap((rule) => ('groupId' in rule.peer ? [{ GroupId: rule.peer.groupId, UserId: ownerId, ...note(rule) }] : [])),
    };
  });
}
