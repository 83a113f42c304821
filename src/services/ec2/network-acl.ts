import type { NetworkAcl } from '@aws-sdk/client-ec2';
import { lastRuleNumber } from '../../model/network/acls.ts';
import type { NetworkAclEntry } from '../../model/network/world.ts';
import type { NetworkAclRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import type { FilterTable } from './filters.ts';
import type { ResourceContext } from './resources.ts';
import { wireTags } from './tags.ts';

type WireEntry = NonNullable<NetworkAcl['Entries']>[number];

/** https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html */
export const openEntries: readonly NetworkAclEntry[] = (['egress', 'ingress'] as const).map((direction) => ({
  direction,
  ruleNumber: 100,
  action: 'allow',
  protocol: 'all',
  peer: { cidrBlock: '0.0.0.0/0' },
}));

const protocolNumbers: Readonly<Record<string, string>> = { all: '-1', tcp: '6', udp: '17', icmp: '1' };

/** EC2 answers with the numbers of protocols, whatever it was asked with. */
function wireEntry({ direction, ruleNumber, action, protocol, fromPort, toPort, peer }: NetworkAclEntry): WireEntry {
  const hasPorts = fromPort !== undefined && toPort !== undefined;
  return {
    Egress: direction === 'egress',
    RuleNumber: ruleNumber,
    RuleAction: action,
    Protocol: protocolNumbers[protocol] ?? String(protocol),
    ...('cidrBlock' in peer ? { CidrBlock: peer.cidrBlock } : { Ipv6CidrBlock: peer.ipv6CidrBlock }),
    ...(hasPorts && protocol === 'icmp' ? { IcmpTypeCode: { Type: fromPort, Code: toPort } } : {}),
    ...(hasPorts && protocol !== 'icmp' ? { PortRange: { From: fromPort, To: toPort } } : {}),
  };
}

/** What comes after every numbered entry, in both directions. */
const lastEntries: readonly WireEntry[] = [true, false].map((Egress) => ({
  Egress,
  RuleNumber: lastRuleNumber,
  RuleAction: 'deny',
  Protocol: '-1',
  CidrBlock: '0.0.0.0/0',
}));

function wireEntries({ entries }: NetworkAclRow): WireEntry[] {
  const all = [...entries.map((entry) => wireEntry(entry)), ...lastEntries];
  return all.sort((a, b) => Number(b.Egress) - Number(a.Egress) || (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0));
}

export function wireNetworkAcl(context: ResourceContext, row: NetworkAclRow): NetworkAcl {
  return {
    NetworkAclId: row.networkAclId,
    VpcId: row.vpcId,
    OwnerId: row.ownerId,
    IsDefault: row.isDefault,
    Associations: row.associations.map(({ associationId, subnetId }) => ({
      NetworkAclAssociationId: associationId,
      NetworkAclId: row.networkAclId,
      SubnetId: subnetId,
    })),
    Entries: wireEntries(row),
    Tags: wireTags(context, row.networkAclId),
  };
}

type Association = NetworkAclRow['associations'][number];

export interface AclAssociation {
  readonly acl: NetworkAclRow;
  readonly association: Association;
}

/** The caller's association that the test accepts, and the ACL it is of. */
export function aclAssociationOf({ store, accountId }: ResourceContext, test: (association: Association) => boolean): AclAssociation | undefined {
  for (const acl of store.ec2.networkAcls.list()) {
    const association = acl.associations.find(test);
    if (association !== undefined && acl.ownerId === accountId) return { acl, association };
  }
  return undefined;
}

/** Returns the id of the association. A subnet has one ACL: the earlier one must be taken away before. */
export function associateAcl(context: OperationContext, { networkAclId }: NetworkAclRow, subnetId: string): string {
  const { networkAcls } = context.store.ec2;
  const associationId = context.newId('aclassoc');
  networkAcls.update(networkAclId, { associations: [...networkAcls.get(networkAclId).associations, { associationId, subnetId }] });
  return associationId;
}

export function dissociateAcl({ store }: OperationContext, { acl, association }: AclAssociation): void {
  const associations = acl.associations.filter(({ associationId }) => associationId !== association.associationId);
  store.ec2.networkAcls.update(acl.networkAclId, { associations });
}

const entries = (read: (entry: WireEntry) => string | number | boolean | undefined) => (row: NetworkAclRow) =>
  wireEntries(row).map((entry) => read(entry));

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkAcls.html */
export const networkAclFilters: FilterTable<NetworkAclRow> = {
  'association.association-id': (row) => row.associations.map(({ associationId }) => associationId),
  'association.network-acl-id': (row) => row.associations.map(() => row.networkAclId),
  'association.subnet-id': (row) => row.associations.map(({ subnetId }) => subnetId),
  default: (row) => row.isDefault,
  'entry.cidr': entries(({ CidrBlock }) => CidrBlock),
  'entry.egress': entries(({ Egress }) => Egress),
  'entry.icmp.code': entries(({ IcmpTypeCode }) => IcmpTypeCode?.Code),
  'entry.icmp.type': entries(({ IcmpTypeCode }) => IcmpTypeCode?.Type),
  'entry.ipv6-cidr': entries(({ Ipv6CidrBlock }) => Ipv6CidrBlock),
  'entry.port-range.from': entries(({ PortRange }) => PortRange?.From),
  'entry.port-range.to': entries(({ PortRange }) => PortRange?.To),
  'entry.protocol': entries(({ Protocol }) => Protocol),
  'entry.rule-action': entries(({ RuleAction }) => RuleAction),
  'entry.rule-number': entries(({ RuleNumber }) => RuleNumber),
  'network-acl-id': (row) => row.networkAclId,
  'owner-id': (row) => row.ownerId,
  'vpc-id': (row) => row.vpcId,
};
