import type { NetworkAclEntry, RulePeer, RuleProtocol, SecurityGroupRule } from './world.ts';

/** `ingress tcp 443 from sg-…` */
export function ruleText({ direction, protocol, fromPort, toPort, peer }: SecurityGroupRule): string {
  return `${direction} ${trafficText(protocol, fromPort, toPort)} ${toOrFrom(direction)} ${peerText(peer)}`;
}

/** `rule 100 allows tcp 443 from 10.0.0.0/16` */
export function entryText({ direction, ruleNumber, action, protocol, fromPort, toPort, peer }: NetworkAclEntry): string {
  return `rule ${ruleNumber} ${action === 'allow' ? 'allows' : 'denies'} ${trafficText(protocol, fromPort, toPort)} ${toOrFrom(direction)} ${peerText(peer)}`;
}

const toOrFrom = (direction: SecurityGroupRule['direction']): string => (direction === 'egress' ? 'to' : 'from');

function trafficText(protocol: RuleProtocol, from = -1, to = -1): string {
  if (protocol === 'all') return 'all traffic';
  if (typeof protocol === 'number') return `protocol ${protocol}`;
  if (from === -1) return protocol;
  if (protocol === 'icmp') return to === -1 ? `icmp type ${from}` : `icmp type ${from} code ${to}`;
  return `${protocol} ${from === to ? from : `${from}-${to}`}`;
}

function peerText(peer: RulePeer): string {
  if ('cidrBlock' in peer) return peer.cidrBlock;
  if ('groupId' in peer) return peer.groupId;
  return 'prefixListId' in peer ? peer.prefixListId : peer.ipv6CidrBlock;
}
