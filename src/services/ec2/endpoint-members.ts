import type { SubnetConfiguration } from '@aws-sdk/client-ec2';
import type { EndpointType } from './endpoint-service.ts';
import * as errors from './errors.ts';
import { noIpv6, refuseUnsupported } from './unsupported.ts';

/** The members of a creation or a change that one type of endpoint has and the other has not. */
interface EndpointMembers {
  readonly RouteTableIds?: readonly string[] | undefined;
  readonly AddRouteTableIds?: readonly string[] | undefined;
  readonly RemoveRouteTableIds?: readonly string[] | undefined;
  readonly SubnetIds?: readonly string[] | undefined;
  readonly AddSubnetIds?: readonly string[] | undefined;
  readonly RemoveSubnetIds?: readonly string[] | undefined;
  readonly SubnetConfigurations?: readonly SubnetConfiguration[] | undefined;
  readonly SecurityGroupIds?: readonly string[] | undefined;
  readonly AddSecurityGroupIds?: readonly string[] | undefined;
  readonly RemoveSecurityGroupIds?: readonly string[] | undefined;
  readonly PrivateDnsEnabled?: boolean | undefined;
  readonly IpAddressType?: string | undefined;
  readonly DnsOptions?:
    | { readonly DnsRecordIpType?: string | undefined; readonly PrivateDnsOnlyForInboundResolverEndpoint?: boolean | undefined }
    | undefined;
}

const names = (...lists: readonly (readonly unknown[] | undefined)[]): boolean => lists.some((list) => list !== undefined && list.length > 0);

/** Refuses, in AWS's words, what does not belong to endpoints of the type, and by name what asks for IPv6. */
export function refuseForeignEndpointMembers(input: EndpointMembers, type: EndpointType): void {
  const { DnsOptions: dns, SubnetConfigurations: configurations = [] } = input;
  if (type === 'Interface') {
    if (names(input.RouteTableIds, input.AddRouteTableIds, input.RemoveRouteTableIds)) throw errors.onlyForEndpoints('Route table IDs', 'Gateway');
  } else {
    if (names(input.SubnetIds, input.AddSubnetIds, input.RemoveSubnetIds, configurations)) throw errors.onlyForEndpoints('Subnet IDs', 'Interface');
    if (names(input.SecurityGroupIds, input.AddSecurityGroupIds, input.RemoveSecurityGroupIds)) {
      throw errors.onlyForEndpoints('Security Group IDs', 'Interface');
    }
    if (input.PrivateDnsEnabled === true) throw errors.onlyForEndpoints('Private DNS', 'Interface');
    if (dns?.PrivateDnsOnlyForInboundResolverEndpoint !== undefined) throw errors.inboundResolverOptionOfGateway();
  }
  if (input.IpAddressType !== 'ipv4') refuseUnsupported(input, { IpAddressType: noIpv6 });
  const recordType = dns?.DnsRecordIpType ?? 'ipv4';
  if (recordType !== 'ipv4' && recordType !== 'service-defined') refuseUnsupported(input, { DnsOptions: noIpv6 });
  for (const configuration of configurations) refuseUnsupported(configuration, { Ipv6: noIpv6 });
}
