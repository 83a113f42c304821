import type { Address } from './addresses.ts';
import { type Allowance, allows, type Direction, matchStatement, type Packet, trafficOf } from './groups.ts';
import { mustParseCidr, type VpcView } from './view.ts';
import type { NetworkAcl, NetworkAclEntry, NetworkInterface } from './world.ts';

/** After every numbered entry comes the one that is called `*` and denies. EC2 gives it this number. */
export const lastRuleNumber = 32_767;

/** An entry in the form that both the kernel's rule and the trace are made from. */
interface Judged {
  readonly ruleNumber: number;
  readonly action: NetworkAclEntry['action'];
  readonly match: Omit<Allowance, 'groupId' | 'securityGroupRuleId'>;
}

/**
 * The entries of one direction in the order of their numbers, first match wins, up to the first that every packet matches:
 * nothing comes after it. Entries of IPv6 match nothing.
 */
function entriesOf({ entries }: NetworkAcl, direction: Direction): readonly Judged[] {
  const judged = entries
    .filter((entry) => entry.direction === direction)
    .toSorted((a, b) => a.ruleNumber - b.ruleNumber)
    .flatMap((entry): Judged[] => {
      if (!('cidrBlock' in entry.peer)) return [];
      const cidr = mustParseCidr(entry.peer.cidrBlock);
      const peer = cidr.prefixLength === 0 ? {} : { peer: { kind: 'block', cidr } as const };
      return [{ ruleNumber: entry.ruleNumber, action: entry.action, match: { ...trafficOf(entry), ...peer } }];
    });
  const everything = judged.findIndex(({ match }) => Object.keys(match).length === 0);
  return everything === -1 ? judged : judged.slice(0, everything + 1);
}

/** It lets everything pass in this direction, as the ACL does that a VPC is born with. */
export function isOpen(acl: NetworkAcl, direction: Direction): boolean {
  const [first] = entriesOf(acl, direction);
  return first !== undefined && first.action === 'allow' && Object.keys(first.match).length === 0;
}

/** nft statements that accept, or refuse by `refusal`. The last one refuses what no entry named. */
export function aclStatements(acl: NetworkAcl, direction: Direction, refusal: string): string[] {
  const statements = entriesOf(acl, direction).map(({ ruleNumber, action, match }) =>
    [...matchStatement(match, direction), action === 'allow' ? `accept comment "rule ${ruleNumber}"` : refusal].join(' '),
  );
  return [...statements, refusal];
}

/** The entry that decides about a packet: its number, or `*` when none names it. */
export function judgeByAcl(
  view: VpcView,
  acl: NetworkAcl,
  direction: Direction,
  packet: Packet,
): { readonly allowed: boolean; readonly rule: number | '*' } {
  const peer: Address = direction === 'egress' ? packet.destination : packet.source;
  const entry = entriesOf(acl, direction).find(({ match }) => allows(view, match, packet, peer));
  return entry === undefined ? { allowed: false, rule: '*' } : { allowed: entry.action === 'allow', rule: entry.ruleNumber };
}

/** The ACL of the subnet that an interface is in. */
export function aclOfInterface(view: VpcView, { subnetId }: NetworkInterface): NetworkAcl {
  return view.aclOf(subnetId);
}

export const aclCounter = (direction: Direction, { networkAclId }: NetworkAcl): string => `${direction}-acl.${networkAclId}`;
/** The links of a subnet's interfaces: what comes from one of them has not left the subnet. */
export const subnetLinksSet = (subnetId: string): string => `links.${subnetId}`;
