import { defaultEndpointPolicy } from '../../../model/policy/resource-policy.ts';
import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { checkedEndpointPolicy } from '../endpoint-policy.ts';
import * as errors from '../errors.ts';
import { routeTableOf, vpcChanged, vpcEndpointOf } from '../resources.ts';
import { gatewayEndpointsOnly, noIpv6, refuseUnsupported } from '../unsupported.ts';
import { addEndpointRoutes, removeEndpointRoutes } from '../vpc-endpoint.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html */
export const modifyVpcEndpoint: Ec2Operation<'ModifyVpcEndpoint'> = {
  authorize: actsOn('ModifyVpcEndpoint', (input: Ec2Input<'ModifyVpcEndpoint'>) => [
    input.VpcEndpointId,
    ...(input.AddRouteTableIds ?? []),
    ...(input.RemoveRouteTableIds ?? []),
  ]),
  commit(input, context) {
    refuseUnsupported(input, {
      AddSubnetIds: gatewayEndpointsOnly,
      RemoveSubnetIds: gatewayEndpointsOnly,
      AddSecurityGroupIds: gatewayEndpointsOnly,
      RemoveSecurityGroupIds: gatewayEndpointsOnly,
      SubnetConfigurations: gatewayEndpointsOnly,
      PrivateDnsEnabled: gatewayEndpointsOnly,
      DnsOptions: gatewayEndpointsOnly,
      ...(input.IpAddressType === 'ipv4' ? {} : { IpAddressType: noIpv6 }),
    });
    const { vpcEndpointId, vpcId, routeTableIds } = vpcEndpointOf(context, input.VpcEndpointId);
    const added = [...new Set(input.AddRouteTableIds)].filter((id) => !routeTableIds.includes(id));
    const removed = [...new Set(input.RemoveRouteTableIds)];
    for (const id of removed) {
      routeTableOf(context, id);
      if (!routeTableIds.includes(id)) throw errors.invalidParameter(`Route table ${id} is not associated with VPC endpoint ${vpcEndpointId}`);
    }
    removeEndpointRoutes(context, vpcEndpointId, removed);
    addEndpointRoutes(context, vpcId, vpcEndpointId, added);
    const policyDocument = requestedPolicy(input);
    context.store.ec2.vpcEndpoints.update(vpcEndpointId, {
      routeTableIds: [...routeTableIds.filter((id) => !removed.includes(id)), ...added],
      ...(policyDocument === undefined ? {} : { policyDocument }),
    });
    vpcChanged(context, vpcId);
    return { Return: true };
  },
};

function requestedPolicy({ PolicyDocument: document, ResetPolicy: reset }: Ec2Input<'ModifyVpcEndpoint'>): string | undefined {
  if (reset === true && document !== undefined) {
    throw errors.invalidParameterCombination('The parameter policyDocument may not be used with resetPolicy');
  }
  if (reset === true) return defaultEndpointPolicy;
  return document === undefined ? undefined : checkedEndpointPolicy(document);
}
