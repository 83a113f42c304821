import { createHash } from 'node:crypto';
import type { NetworkAcl } from '@aws-sdk/client-ec2';
import type { VpcRow } from '../../../store/ec2.ts';
import type { OperationContext } from '../../operation.ts';
import { readsAll } from '../authorization.ts';
import { describe } from '../describe.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import type { FilterTable } from '../filters.ts';

/** Comes after every numbered rule, and is never reached: rule 100 allows everything. */
const lastRuleNumber = 32_767;

/** An id that follows from another one. */
const derivedId = (prefix: string, from: string): string =>
  `${prefix}-${createHash('sha256').update(`${prefix} ${from}`).digest('hex').slice(0, 17)}`;

/**
 * The ACL that a VPC is born with and all of its subnets have: it allows everything both ways. Own ACLs are not enforced
 * yet, and so nothing creates them. https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
 */
function defaultAcl({ store }: OperationContext, { vpcId, ownerId }: VpcRow): NetworkAcl & { readonly NetworkAclId: string } {
  const NetworkAclId = derivedId('acl', vpcId);
  const entry = (Egress: boolean, RuleNumber: number, RuleAction: 'allow' | 'deny') => ({
    Egress,
    RuleNumber,
    RuleAction,
    Protocol: '-1',
    CidrBlock: '0.0.0.0/0',
  });
  return {
    NetworkAclId,
    VpcId: vpcId,
    OwnerId: ownerId,
    IsDefault: true,
    Associations: store.ec2.subnets.list({ vpcId }).map(({ subnetId }) => ({
      NetworkAclAssociationId: derivedId('aclassoc', subnetId),
      NetworkAclId,
      SubnetId: subnetId,
    })),
    Entries: [true, false].flatMap((egress) => [entry(egress, 100, 'allow'), entry(egress, lastRuleNumber, 'deny')]),
    Tags: [],
  };
}

type Entry = NonNullable<NetworkAcl['Entries']>[number];
const entries =
  (read: (entry: Entry) => string | number | boolean | undefined) =>
  ({ Entries = [] }: NetworkAcl): (string | number | boolean | undefined)[] =>
    Entries.map((entry) => read(entry));

const filters: FilterTable<NetworkAcl> = {
  'association.association-id': ({ Associations = [] }) => Associations.map((each) => each.NetworkAclAssociationId),
  'association.network-acl-id': ({ Associations = [] }) => Associations.map((each) => each.NetworkAclId),
  'association.subnet-id': ({ Associations = [] }) => Associations.map((each) => each.SubnetId),
  default: ({ IsDefault }) => IsDefault,
  'entry.cidr': entries(({ CidrBlock }) => CidrBlock),
  'entry.egress': entries(({ Egress }) => Egress),
  'entry.icmp.code': () => [],
  'entry.icmp.type': () => [],
  'entry.ipv6-cidr': () => [],
  'entry.port-range.from': () => [],
  'entry.port-range.to': () => [],
  'entry.protocol': entries(({ Protocol }) => Protocol),
  'entry.rule-action': entries(({ RuleAction }) => RuleAction),
  'entry.rule-number': entries(({ RuleNumber }) => RuleNumber),
  'network-acl-id': ({ NetworkAclId }) => NetworkAclId,
  'owner-id': ({ OwnerId }) => OwnerId,
  'vpc-id': ({ VpcId }) => VpcId,
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkAcls.html */
export const describeNetworkAcls: Ec2Operation<'DescribeNetworkAcls'> = {
  authorize: readsAll('DescribeNetworkAcls'),
  commit(input, context) {
    const vpcs = context.store.ec2.vpcs.list({ ownerId: context.accountId });
    const acls = vpcs.map((vpc) => defaultAcl(context, vpc)).sort((a, b) => (a.NetworkAclId < b.NetworkAclId ? -1 : 1));
    const { rows, nextToken } = describe(context, input, {
      ids: input.NetworkAclIds,
      find(id) {
        const acl = acls.find(({ NetworkAclId }) => NetworkAclId === id);
        if (acl === undefined) throw errors.networkAclNotFound(id);
        return acl;
      },
      list: () => acls,
      idOf: ({ NetworkAclId }) => NetworkAclId,
      filters,
    });
    return { NetworkAcls: rows, NextToken: nextToken };
  },
};
