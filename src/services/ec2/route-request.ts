import { cidrContainsCidr, formatCidr, parseCidr } from '../../model/network/addresses.ts';
import type { RouteDestination, RouteTarget } from '../../model/network/world.ts';
import type { RouteTableRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import { storedCidr } from './cidr-block.ts';
import type { Ec2Input } from './ec2-operation.ts';
import * as errors from './errors.ts';
import { prefixListOf } from './prefix-list.ts';
import { internetGatewayOf, networkInterfaceOf, vpcEndpointOf, vpcOf } from './resources.ts';
import { noIpv6, noOutposts, refuseUnsupported } from './unsupported.ts';

interface DestinationMembers {
  readonly DestinationCidrBlock?: string | undefined;
  readonly DestinationIpv6CidrBlock?: string | undefined;
  readonly DestinationPrefixListId?: string | undefined;
}

/** Where instances reach what AWS gives each of them: https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html */
const servicesOfInstances = storedCidr('169.254.168.0/22');

/** The one destination a route request names. */
export function requestedDestination(input: DestinationMembers, context: OperationContext): RouteDestination {
  refuseUnsupported(input, { DestinationIpv6CidrBlock: noIpv6 });
  const { DestinationCidrBlock: cidrBlock, DestinationPrefixListId: prefixListId } = input;
  if ((cidrBlock === undefined) === (prefixListId === undefined)) {
    const message = 'The request must contain exactly one of destinationCidrBlock, destinationIpv6CidrBlock, destinationPrefixListId';
    throw cidrBlock === undefined ? errors.missingParameter(message) : errors.invalidParameterCombination(message);
  }
  if (prefixListId !== undefined) return { prefixListId: prefixListOf(context, prefixListId).prefixListId };
  const cidr = parseCidr(cidrBlock ?? '');
  if (cidr === undefined) {
    throw errors.invalidParameterValue(`Value (${cidrBlock}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.`);
  }
  if (cidrContainsCidr(servicesOfInstances, cidr)) throw errors.destinationOfInstances(cidrBlock ?? '');
  return { cidrBlock: formatCidr(cidr) };
}

const targetMembers = [
  'GatewayId',
  'NatGatewayId',
  'NetworkInterfaceId',
  'InstanceId',
  'VpcPeeringConnectionId',
  'VpcEndpointId',
  'TransitGatewayId',
  'EgressOnlyInternetGatewayId',
  'LocalGatewayId',
  'CarrierGatewayId',
  'CoreNetworkArn',
  'OdbNetworkArn',
] as const;

/**
 * The one target a route request names, as far as it is enforced; the others are refused by name. Local routes and those of
 * gateway endpoints come and go with the VPC and the endpoint.
 */
export function requestedTarget(
  input: Ec2Input<'CreateRoute'> | Ec2Input<'ReplaceRoute'>,
  context: OperationContext,
  table: RouteTableRow,
  destination: RouteDestination,
): RouteTarget {
  const named = targetMembers.filter((member) => input[member] !== undefined);
  const message = `The request must contain exactly one of ${targetMembers.map((member) => member.charAt(0).toLowerCase() + member.slice(1)).join(', ')}`;
  if (named.length === 0) throw errors.missingParameter(message);
  if (named.length > 1) throw errors.invalidParameterCombination(message);
  const endpointId = [input.GatewayId, input.VpcEndpointId].find((id) => id?.startsWith('vpce-'));
  if (endpointId !== undefined) {
    vpcEndpointOf(context, endpointId);
    throw errors.endpointRouteIsManaged();
  }
  if ('cidrBlock' in destination) {
    const { cidrBlock } = destination;
    const inside = vpcOf(context, table.vpcId).cidrBlocks.some((block) => cidrContainsCidr(storedCidr(block.cidrBlock), storedCidr(cidrBlock)));
    if (inside && input.NetworkInterfaceId === undefined && input.InstanceId === undefined) throw errors.moreSpecificThanLocal(cidrBlock);
  }
  refuseUnsupported(input, {
    ...(input.GatewayId?.startsWith('igw-') === true ? {} : { GatewayId: 'of gateways, only internet gateways are enforced' }),
    InstanceId: 'there are no instances',
    VpcPeeringConnectionId: 'VPC peering is not enforced yet, so nothing may lead there',
    VpcEndpointId: 'Gateway Load Balancer endpoints are not enforced',
    TransitGatewayId: 'transit gateways are not enforced',
    EgressOnlyInternetGatewayId: noIpv6,
    LocalGatewayId: noOutposts,
    CarrierGatewayId: noOutposts,
    CoreNetworkArn: 'there is no Cloud WAN',
    OdbNetworkArn: 'there is no Oracle Database network',
  });
  const target = targetOf(input, context);
  if (target === undefined) throw errors.missingParameter(message);
  if (target.vpcId !== table.vpcId) throw errors.differentNetworks(`route table ${table.routeTableId}`, target.name);
  return target.target;
}

interface NamedTarget {
  readonly target: RouteTarget;
  readonly vpcId: string | undefined;
  readonly name: string;
}

function targetOf(input: Ec2Input<'CreateRoute'> | Ec2Input<'ReplaceRoute'>, context: OperationContext): NamedTarget | undefined {
  const { GatewayId: gatewayId, NatGatewayId: natId, NetworkInterfaceId: interfaceId } = input;
  if (gatewayId !== undefined) {
    const { internetGatewayId, vpcId } = internetGatewayOf(context, gatewayId);
    return { target: { kind: 'internet-gateway', internetGatewayId }, vpcId, name: `network gateway ${internetGatewayId}` };
  }
  if (natId !== undefined) {
    const row = context.store.ec2.natGateways.find(natId);
    if (row?.ownerId !== context.accountId || row.deletedAt !== undefined || row.failure !== undefined) throw errors.natGatewayIdNotFound(natId);
    return { target: { kind: 'nat-gateway', natGatewayId: natId }, vpcId: row.vpcId, name: `NAT gateway ${natId}` };
  }
  if (interfaceId === undefined) return undefined;
  const { networkInterfaceId, vpcId, requesterManaged } = networkInterfaceOf(context, interfaceId);
  if (requesterManaged) throw errors.authFailure();
  return { target: { kind: 'network-interface', networkInterfaceId }, vpcId, name: `network interface ${networkInterfaceId}` };
}
