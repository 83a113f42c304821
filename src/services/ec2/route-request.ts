import { cidrContainsCidr, formatCidr, parseCidr } from '../../model/network/addresses.ts';
import type { RouteDestination } from '../../model/network/world.ts';
import type { RouteTableRow } from '../../store/ec2.ts';
import type { OperationContext } from '../operation.ts';
import { storedCidr } from './cidr-block.ts';
import type { Ec2Input } from './ec2-operation.ts';
import * as errors from './errors.ts';
import { prefixListOf } from './prefix-list.ts';
import { vpcEndpointOf, vpcOf } from './resources.ts';
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
 * Every target that a route request can name is one that is not enforced, so it is refused by name and not stored. Local
 * routes and those of gateway endpoints come and go with the VPC and the endpoint.
 */
export function refuseTarget(
  input: Ec2Input<'CreateRoute'> | Ec2Input<'ReplaceRoute'>,
  context: OperationContext,
  table: RouteTableRow,
  destination: RouteDestination,
): never {
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
    GatewayId: 'internet gateways and virtual private gateways are not enforced yet, so nothing may lead there',
    NatGatewayId: 'NAT gateways are not enforced yet, so nothing may lead there',
    NetworkInterfaceId: 'routes to network interfaces are not enforced yet',
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
  throw errors.missingParameter(message);
}
