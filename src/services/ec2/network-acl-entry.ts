import { lastRuleNumber } from '../../model/network/acls.ts';
import type { NetworkAclEntry } from '../../model/network/world.ts';
import type { NetworkAclRow } from '../../store/ec2.ts';
import type { Ec2Input } from './ec2-operation.ts';
import * as errors from './errors.ts';
import { quotas } from './quotas.ts';
import { requestedIpv4Peer, requestedIpv6Peer, requestedPorts } from './security-group-permission.ts';

type EntryRequest = Ec2Input<'CreateNetworkAclEntry'>;

export const directionOf = (egress: boolean): NetworkAclEntry['direction'] => (egress ? 'egress' : 'ingress');

function requestedRuleNumber(number: number): number {
  if (!Number.isInteger(number) || number < 1 || number >= lastRuleNumber) {
    throw errors.invalidParameterValue(
      `Value (${number}) for parameter ruleNumber is invalid. Rule number must be between 1 and ${lastRuleNumber - 1}`,
    );
  }
  return number;
}

/** An entry as CreateNetworkAclEntry and ReplaceNetworkAclEntry ask for it, checked. */
export function requestedEntry(input: EntryRequest): NetworkAclEntry {
  const { RuleNumber, RuleAction: action, Egress, PortRange: ports, IcmpTypeCode: icmp } = input;
  if (action !== 'allow' && action !== 'deny') throw errors.invalidParameterValue(`Value (${String(action)}) for parameter ruleAction is invalid.`);
  if ((input.CidrBlock === undefined) === (input.Ipv6CidrBlock === undefined)) {
    throw errors.invalidParameterCombination('Exactly one of the parameters cidrBlock and ipv6CidrBlock must be given');
  }
  const isIcmp = ['1', 'icmp'].includes(input.Protocol.toLowerCase());
  if (isIcmp && icmp === undefined) throw errors.missingParameter('The request must contain the parameter icmpTypeCode');
  return {
    direction: directionOf(Egress),
    ruleNumber: requestedRuleNumber(RuleNumber),
    action,
    ...requestedPorts(input.Protocol, isIcmp ? icmp?.Type : ports?.From, isIcmp ? icmp?.Code : ports?.To),
    peer: requestedPeer(input),
  };
}

function requestedPeer({ CidrBlock, Ipv6CidrBlock }: EntryRequest): NetworkAclEntry['peer'] {
  const peer = CidrBlock === undefined ? requestedIpv6Peer(Ipv6CidrBlock) : requestedIpv4Peer(CidrBlock);
  if ('cidrBlock' in peer || 'ipv6CidrBlock' in peer) return peer;
  throw errors.invalidParameterValue('An entry of a network ACL names a block of addresses');
}

export function findEntry(
  { entries }: NetworkAclRow,
  { direction, ruleNumber }: Pick<NetworkAclEntry, 'direction' | 'ruleNumber'>,
): NetworkAclEntry | undefined {
  return entries.find((entry) => entry.direction === direction && entry.ruleNumber === ruleNumber);
}

export function refuseTooManyEntries({ entries }: NetworkAclRow, { direction, peer }: NetworkAclEntry): void {
  const alike = entries.filter((entry) => entry.direction === direction && 'cidrBlock' in entry.peer === 'cidrBlock' in peer);
  if (alike.length >= quotas.rulesPerNetworkAcl) throw errors.networkAclEntryLimitExceeded();
}
