import { defaultEndpointPolicy } from '../../../model/policy/resource-policy.ts';
import { s3PrefixListOf } from '../../../model/regions.ts';
import { arnOf, demandCreation, demandOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { checkedEndpointPolicy } from '../endpoint-policy.ts';
import { checkEndpointService } from '../endpoint-service.ts';
import * as errors from '../errors.ts';
import { creationOf, sameCreation } from '../idempotency.ts';
import { quotas } from '../quotas.ts';
import { vpcChanged, vpcEndpointOf, vpcOf } from '../resources.ts';
import { identify, requestedTags, storeTags } from '../tags.ts';
import { gatewayEndpointsOnly, noIpv6, refuseUnsupported } from '../unsupported.ts';
import { addEndpointRoutes, wireVpcEndpoint } from '../vpc-endpoint.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html */
export const createVpcEndpoint: Ec2Operation<'CreateVpcEndpoint'> = {
  authorize(input, context) {
    const keys = {
      'ec2:Vpc': [arnOf(context, 'vpc', input.VpcId)],
      ...(input.ServiceName === undefined ? {} : { 'ec2:VpceServiceName': [input.ServiceName] }),
    };
    return [
      ...demandCreation(context, 'CreateVpcEndpoint', 'vpc-endpoint', input.TagSpecifications, keys),
      demandOn(context, 'CreateVpcEndpoint', input.VpcId),
      ...(input.RouteTableIds ?? []).map((id) => demandOn(context, 'CreateVpcEndpoint', id)),
    ];
  },
  commit(input, context) {
    checkEndpointService(context.region, input.ServiceName, input.VpcEndpointType ?? 'Gateway');
    refuseForeignMembers(input);
    const { vpcId } = vpcOf(context, input.VpcId);
    const { store, region } = context;
    const creation = creationOf(input);
    const earlier = sameCreation(context, store.ec2.vpcEndpoints, creation);
    if (earlier !== undefined) return { VpcEndpoint: wireVpcEndpoint(context, earlier), ClientToken: input.ClientToken };
    const policyDocument = isGiven(input.PolicyDocument) ? checkedEndpointPolicy(input.PolicyDocument) : defaultEndpointPolicy;
    const requested = requestedTags(input.TagSpecifications, 'vpc-endpoint');
    if (store.ec2.vpcEndpoints.count({ vpcId }) >= quotas.vpcEndpointsPerVpc) throw errors.limitExceeded('VpcEndpoint', 'VPC endpoints');

    const vpcEndpointId = identify(context, 'vpce', requested);
    const routeTableIds = [...new Set(input.RouteTableIds)];
    const { prefixListId, prefixListName } = s3PrefixListOf(region);
    store.ec2.vpcEndpoints.insert({
      vpcEndpointId,
      number: store.identifiers.next('vpc-endpoint'),
      vpcEndpointType: 'Gateway',
      vpcId,
      ownerId: context.accountId,
      createdAt: context.now.toISOString(),
      serviceName: prefixListName,
      prefixListId,
      routeTableIds,
      policyDocument,
      ...creation,
    });
    addEndpointRoutes(context, vpcId, vpcEndpointId, routeTableIds);
    storeTags(context, vpcEndpointId, requested);
    vpcChanged(context, vpcId);
    return { VpcEndpoint: wireVpcEndpoint(context, vpcEndpointOf(context, vpcEndpointId)), ClientToken: input.ClientToken };
  },
};

/** An empty policy document means the default one. */
const isGiven = (document: string | undefined): document is string => document !== undefined && document !== '';

function refuseForeignMembers(input: Ec2Input<'CreateVpcEndpoint'>): void {
  refuseUnsupported(input, {
    SubnetIds: gatewayEndpointsOnly,
    SecurityGroupIds: gatewayEndpointsOnly,
    SubnetConfigurations: gatewayEndpointsOnly,
    PrivateDnsEnabled: gatewayEndpointsOnly,
    ServiceNetworkArn: gatewayEndpointsOnly,
    ResourceConfigurationArn: gatewayEndpointsOnly,
    ...(input.IpAddressType === 'ipv4' ? {} : { IpAddressType: noIpv6 }),
  });
  const { DnsRecordIpType: recordType, ...dns } = input.DnsOptions ?? {};
  if (recordType === 'ipv6' || recordType === 'dualstack') refuseUnsupported(input, { DnsOptions: noIpv6 });
  refuseUnsupported({ DnsOptions: dns }, { DnsOptions: gatewayEndpointsOnly });
  const region = input.ServiceRegion;
  if (region !== undefined && region !== input.ServiceName?.split('.')[2]) refuseUnsupported(input, { ServiceRegion: gatewayEndpointsOnly });
}
