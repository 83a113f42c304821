import { createHash } from 'node:crypto';
import type { Vpc } from '@aws-sdk/client-ec2';
import type { VpcRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import type { FilterTable } from './filters.ts';
import type { ResourceContext } from './resources.ts';
import { wireTags } from './tags.ts';

/** The primary block. */
function primaryCidrBlock({ cidrBlocks }: VpcRow): string {
  return cidrBlocks[0]?.cidrBlock ?? '';
}

/** The id of the DHCP options set that every VPC of an account is born with: always the same one. */
export function defaultDhcpOptionsId({ accountId, region }: Pick<OperationContext, 'accountId' | 'region'>): string {
  return `dopt-${createHash('sha256').update(`${accountId} ${region}`).digest('hex').slice(0, 17)}`;
}

export function wireVpc(context: ResourceContext, row: VpcRow): Vpc {
  return {
    VpcId: row.vpcId,
    State: 'available',
    CidrBlock: primaryCidrBlock(row),
    CidrBlockAssociationSet: row.cidrBlocks.map(({ associationId, cidrBlock }) => ({
      AssociationId: associationId,
      CidrBlock: cidrBlock,
      CidrBlockState: { State: 'associated' },
    })),
    DhcpOptionsId: row.dhcpOptionsId,
    InstanceTenancy: row.instanceTenancy,
    IsDefault: row.isDefault,
    Ipv6CidrBlockAssociationSet: [],
    BlockPublicAccessStates: { InternetGatewayBlockMode: 'off' },
    OwnerId: row.ownerId,
    Tags: wireTags(context, row.vpcId),
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html */
export const vpcFilters: FilterTable<VpcRow> = {
  cidr: primaryCidrBlock,
  'cidr-block': primaryCidrBlock,
  cidrBlock: primaryCidrBlock,
  'cidr-block-association.cidr-block': (row) => row.cidrBlocks.map(({ cidrBlock }) => cidrBlock),
  'cidr-block-association.association-id': (row) => row.cidrBlocks.map(({ associationId }) => associationId),
  'cidr-block-association.state': () => 'associated',
  'dhcp-options-id': (row) => row.dhcpOptionsId,
  'ipv6-cidr-block-association.association-id': () => [],
  'ipv6-cidr-block-association.ipv6-cidr-block': () => [],
  'ipv6-cidr-block-association.ipv6-pool': () => [],
  'ipv6-cidr-block-association.state': () => [],
  'is-default': (row) => row.isDefault,
  isDefault: (row) => row.isDefault,
  'instance-tenancy': (row) => row.instanceTenancy,
  'owner-id': (row) => row.ownerId,
  state: () => 'available',
  'vpc-id': (row) => row.vpcId,
};
