import type { ElasticIpRow, NatGatewayRow, SubnetRow } from '../../../store/ec2.ts';
import type { OperationContext } from '../../operation.ts';
import { arnOf, demandCreation, demandOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { associate } from '../elastic-ip.ts';
import * as errors from '../errors.ts';
import { creationOf, sameCreation } from '../idempotency.ts';
import { internetGatewayOfVpc } from '../internet-gateway.ts';
import { addManagedInterface } from '../managed-interface.ts';
import { wireNatGateway } from '../nat-gateway.ts';
import { quotas } from '../quotas.ts';
import { elasticIpOf, subnetOf, vpcChanged } from '../resources.ts';
import { identify, requestedTags, storeTags } from '../tags.ts';
import { refuseUnsupported } from '../unsupported.ts';

const oneAddress = 'a NAT gateway has one address here';
const onlyZonal = 'a NAT gateway is in one subnet here';

/** What cannot be put right makes it `failed`, as on AWS. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html */
export const createNatGateway: Ec2Operation<'CreateNatGateway'> = {
  authorize(input, context) {
    const { SubnetId: subnetId, AllocationId: allocationId } = input;
    const subnet = context.store.ec2.subnets.find(subnetId ?? '');
    const keys = {
      ...(subnetId === undefined ? {} : { 'ec2:SubnetID': [subnetId] }),
      ...(subnet === undefined ? {} : { 'ec2:Vpc': [arnOf(context, 'vpc', subnet.vpcId)] }),
    };
    return [
      ...demandCreation(context, 'CreateNatGateway', 'natgateway', input.TagSpecifications, keys),
      ...[subnetId, allocationId].flatMap((id) => (id === undefined ? [] : [demandOn(context, 'CreateNatGateway', id)])),
    ];
  },
  commit(input, context) {
    refuseForeignMembers(input);
    if (input.SubnetId === undefined) throw errors.mustInclude('SubnetId');
    const { store } = context;
    const subnet = subnetOf(context, input.SubnetId);
    const creation = creationOf(input);
    const earlier = sameCreation(context, store.ec2.natGateways, creation);
    if (earlier !== undefined) return { NatGateway: wireNatGateway(context, earlier), ClientToken: input.ClientToken };
    const elasticIp = requestedElasticIp(input, context);
    const requested = requestedTags(input.TagSpecifications, 'natgateway');
    const inZone = store.ec2.natGateways.list().filter((row) => row.deletedAt === undefined && row.failure === undefined);
    if (inZone.length >= quotas.natGateways) throw errors.limitExceeded('NatGateway', 'NAT gateways');

    const natGatewayId = identify(context, 'nat', requested);
    const failure = failureOf(context, subnet, elasticIp);
    const address = failure === undefined ? takeAddress(context, natGatewayId, subnet, elasticIp, input.PrivateIpAddress) : undefined;
    if (address !== undefined) vpcChanged(context, subnet.vpcId);
    const row: NatGatewayRow = {
      natGatewayId,
      vpcId: subnet.vpcId,
      subnetId: subnet.subnetId,
      ownerId: context.accountId,
      createdAt: context.now.toISOString(),
      ...(elasticIp === undefined ? {} : { allocationId: elasticIp.allocationId, publicIp: elasticIp.publicIp }),
      generation: store.ec2.vpcs.get(subnet.vpcId).generation,
      ...(address === undefined ? {} : { address }),
      ...(failure === undefined ? {} : { failure }),
      ...creation,
    };
    store.ec2.natGateways.insert(row);
    storeTags(context, natGatewayId, requested);
    return { NatGateway: { ...wireNatGateway(context, row), State: 'pending' }, ClientToken: input.ClientToken };
  },
};

function refuseForeignMembers(input: Ec2Input<'CreateNatGateway'>): void {
  refuseUnsupported(input, {
    SecondaryAllocationIds: oneAddress,
    SecondaryPrivateIpAddresses: oneAddress,
    SecondaryPrivateIpAddressCount: oneAddress,
    VpcId: onlyZonal,
    AvailabilityZoneAddresses: onlyZonal,
    ...(input.AvailabilityMode === 'regional' ? { AvailabilityMode: onlyZonal } : {}),
  });
}

function requestedElasticIp(input: Ec2Input<'CreateNatGateway'>, context: OperationContext): ElasticIpRow | undefined {
  const { AllocationId: allocationId, ConnectivityType: connectivity = 'public' } = input;
  if (connectivity === 'private') {
    if (allocationId !== undefined) throw errors.invalidParameterCombination('A private NAT gateway has no Elastic IP address');
    return undefined;
  }
  if (allocationId === undefined) throw errors.mustInclude('AllocationId');
  return elasticIpOf(context, allocationId);
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html */
function failureOf(context: OperationContext, { vpcId }: SubnetRow, elasticIp: ElasticIpRow | undefined): NatGatewayRow['failure'] {
  if (elasticIp === undefined) return undefined;
  if (internetGatewayOfVpc(context, vpcId) === undefined) {
    return { code: 'Gateway.NotAttached', message: `Network ${vpcId} has no Internet gateway attached` };
  }
  if (elasticIp.association !== undefined) {
    return { code: 'Resource.AlreadyAssociated', message: `Elastic IP address ${elasticIp.allocationId} is already associated` };
  }
  return undefined;
}

/** The gateway's interface, which the account sees and does not manage. */
function takeAddress(
  context: OperationContext,
  natGatewayId: string,
  subnet: SubnetRow,
  elasticIp: ElasticIpRow | undefined,
  privateIpAddress: string | undefined,
): NatGatewayRow['address'] {
  const made = addManagedInterface(context, subnet, privateIpAddress, {
    groupIds: [],
    sourceDestCheck: false,
    description: `Interface for NAT Gateway ${natGatewayId}`,
    interfaceType: 'nat_gateway',
    requesterId: 'amazon-vpc',
    deviceIndex: 0,
  });
  const associationId = elasticIp === undefined ? undefined : associate(context, elasticIp, made, false);
  const { networkInterfaceId, privateIpAddress: address } = made;
  return { networkInterfaceId, privateIpAddress: address, ...(associationId === undefined ? {} : { associationId }) };
}
