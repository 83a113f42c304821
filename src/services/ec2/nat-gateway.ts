import type { NatGateway, NatGatewayState } from '@aws-sdk/client-ec2';
import type { NatGatewayRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import type { FilterTable } from './filters.ts';
import { wireTags } from './tags.ts';

type Context = Pick<OperationContext, 'store' | 'accountId' | 'now'>;

/** It is `available`, or `deleted`, when the kernel holds the generation of its VPC that says so. */
export function natGatewayStateOf({ store }: Pick<Context, 'store'>, { vpcId, generation, failure, deletedAt }: NatGatewayRow): NatGatewayState {
  if (failure !== undefined) return deletedAt === undefined ? 'failed' : 'deleted';
  const isHeld = store.ec2.vpcs.find(vpcId) === undefined || store.identifiers.appliedGeneration(vpcId) >= generation;
  if (deletedAt !== undefined) return isHeld ? 'deleted' : 'deleting';
  return isHeld ? 'available' : 'pending';
}

/** "About an hour": https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html */
const shownMs = 60 * 60_000;

/** Gateways that are gone, or never came to be, are shown for a while. */
export function isShown({ now }: Pick<Context, 'now'>, { failure, createdAt, deletedAt }: NatGatewayRow): boolean {
  const ended = deletedAt ?? (failure === undefined ? undefined : createdAt);
  return ended === undefined || now.getTime() - Date.parse(ended) < shownMs;
}

export function wireNatGateway(context: Context, row: NatGatewayRow): NatGateway {
  const { address, failure, deletedAt, allocationId, publicIp } = row;
  const reached =
    address === undefined
      ? {}
      : {
          NetworkInterfaceId: address.networkInterfaceId,
          PrivateIp: address.privateIpAddress,
          ...(address.associationId === undefined ? {} : { AssociationId: address.associationId }),
        };
  return {
    NatGatewayId: row.natGatewayId,
    VpcId: row.vpcId,
    SubnetId: row.subnetId,
    State: natGatewayStateOf(context, row),
    ConnectivityType: allocationId === undefined ? 'private' : 'public',
    CreateTime: new Date(row.createdAt),
    ...(deletedAt === undefined ? {} : { DeleteTime: new Date(deletedAt) }),
    ...(failure === undefined ? {} : { FailureCode: failure.code, FailureMessage: failure.message }),
    NatGatewayAddresses: [
      {
        ...(allocationId === undefined ? {} : { AllocationId: allocationId, PublicIp: publicIp }),
        ...reached,
        IsPrimary: true,
        Status: failure === undefined ? 'succeeded' : 'failed',
      },
    ],
    Tags: wireTags(context, row.natGatewayId),
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNatGateways.html */
export const natGatewayFilters = (context: Context): FilterTable<NatGatewayRow> => ({
  'nat-gateway-id': ({ natGatewayId }) => natGatewayId,
  state: (row) => natGatewayStateOf(context, row),
  'subnet-id': ({ subnetId }) => subnetId,
  'vpc-id': ({ vpcId }) => vpcId,
});
