import { defaultEndpointPolicy } from '../../../model/policy/resource-policy.ts';
import type { GatewayEndpointRow, InterfaceEndpointRow } from '../../../store/ec2.ts';
import type { OperationContext } from '../../operation.ts';
import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { refuseForeignEndpointMembers } from '../endpoint-members.ts';
import { checkedEndpointPolicy } from '../endpoint-policy.ts';
import { interfaceServiceOf } from '../endpoint-service.ts';
import * as errors from '../errors.ts';
import {
  addEndpointInterfaces,
  refuseConflictingNames,
  removeEndpointInterfaces,
  requestedPlaces,
  requestedPrivateDns,
} from '../interface-endpoint.ts';
import { requestedGroups } from '../network-interface.ts';
import { groupOf, routeTableOf, subnetOf, vpcChanged, vpcEndpointOf } from '../resources.ts';
import { addEndpointRoutes, removeEndpointRoutes } from '../vpc-endpoint.ts';

type Input = Ec2Input<'ModifyVpcEndpoint'>;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html */
export const modifyVpcEndpoint: Ec2Operation<'ModifyVpcEndpoint'> = {
  authorize: actsOn('ModifyVpcEndpoint', (input: Input) => [
    input.VpcEndpointId,
    ...[input.AddRouteTableIds, input.RemoveRouteTableIds, input.AddSubnetIds, input.RemoveSubnetIds].flatMap((ids) => ids ?? []),
    ...[input.AddSecurityGroupIds, input.RemoveSecurityGroupIds].flatMap((ids) => ids ?? []),
  ]),
  commit(input, context) {
    const row = vpcEndpointOf(context, input.VpcEndpointId);
    refuseForeignEndpointMembers(input, row.vpcEndpointType);
    const policyDocument = requestedPolicy(input);
    if (policyDocument !== undefined && isRelayed(context, row.serviceName)) throw errors.noPolicyForRelay();
    if (row.vpcEndpointType === 'Gateway') modifyGateway(input, context, row);
    else modifyInterface(input, context, row);
    if (policyDocument !== undefined) context.store.ec2.vpcEndpoints.update(row.vpcEndpointId, { policyDocument });
    vpcChanged(context, row.vpcId);
    return { Return: true };
  },
};

function modifyGateway(input: Input, context: OperationContext, { vpcEndpointId, vpcId, routeTableIds }: GatewayEndpointRow): void {
  const added = [...new Set(input.AddRouteTableIds)].filter((id) => !routeTableIds.includes(id));
  const removed = [...new Set(input.RemoveRouteTableIds)];
  for (const id of removed) {
    routeTableOf(context, id);
    if (!routeTableIds.includes(id)) throw errors.notOfEndpoint(`Route table ${id}`, vpcEndpointId);
  }
  removeEndpointRoutes(context, vpcEndpointId, removed);
  addEndpointRoutes(context, vpcId, vpcEndpointId, added);
  context.store.ec2.vpcEndpoints.update(vpcEndpointId, { routeTableIds: without(routeTableIds, removed).concat(added) });
}

function modifyInterface(input: Input, context: OperationContext, row: InterfaceEndpointRow): void {
  const { ec2 } = context.store;
  const groupIds = changedGroups(input, context, row);
  const networkInterfaceIds = changedInterfaces(input, context, { ...row, groupIds });
  for (const id of networkInterfaceIds) ec2.networkInterfaces.update(id, { groupIds });
  ec2.vpcEndpoints.update(row.vpcEndpointId, { groupIds, networkInterfaceIds, ...changedNames(input, context, row) });
}

function changedGroups(input: Input, context: OperationContext, { vpcEndpointId, vpcId, groupIds }: InterfaceEndpointRow): readonly string[] {
  const removed = input.RemoveSecurityGroupIds ?? [];
  for (const id of removed) {
    groupOf(context, id);
    if (!groupIds.includes(id)) throw errors.notOfEndpoint(`Security group ${id}`, vpcEndpointId);
  }
  const left = without(groupIds, removed).concat(input.AddSecurityGroupIds ?? []);
  if (left.length === 0) throw errors.invalidParameter('The security group list of a VPC endpoint cannot be empty');
  return requestedGroups(context, vpcId, vpcEndpointId, left);
}

/** Subnets go before others come, so that one of a zone can take the place of another. */
function changedInterfaces(input: Input, context: OperationContext, row: InterfaceEndpointRow): readonly string[] {
  const { networkInterfaces } = context.store.ec2;
  const subnetIdOf = (id: string): string => networkInterfaces.get(id).subnetId;
  const removed = input.RemoveSubnetIds ?? [];
  for (const id of removed) {
    subnetOf(context, id);
    if (!row.networkInterfaceIds.some((eni) => subnetIdOf(eni) === id)) throw errors.notOfEndpoint(`Subnet ${id}`, row.vpcEndpointId);
  }
  const gone = row.networkInterfaceIds.filter((id) => removed.includes(subnetIdOf(id)));
  const kept = without(row.networkInterfaceIds, gone);
  const { AddSubnetIds: SubnetIds = [], SubnetConfigurations = [] } = input;
  const places = requestedPlaces(context, row.vpcId, { SubnetIds, SubnetConfigurations }, kept.map(subnetIdOf));
  removeEndpointInterfaces(context, gone);
  return kept.concat(addEndpointInterfaces(context, row, places));
}

function changedNames(input: Input, context: OperationContext, row: InterfaceEndpointRow): Partial<InterfaceEndpointRow> {
  const { privateDnsEnabled, privateDnsOnlyForInboundResolverEndpoint: onlyInbound } = row;
  if (input.PrivateDnsEnabled === undefined && input.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint === undefined) return {};
  const service = interfaceServiceOf(context, row.serviceName);
  if (service === undefined) throw errors.serviceNotFound(row.serviceName);
  const names = requestedPrivateDns(context, row.vpcId, service, {
    PrivateDnsEnabled: input.PrivateDnsEnabled ?? privateDnsEnabled,
    DnsOptions: { PrivateDnsOnlyForInboundResolverEndpoint: input.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint ?? onlyInbound },
  });
  if (names.privateDnsEnabled) refuseConflictingNames(context, row.vpcId, service, row.vpcEndpointId);
  return names;
}

const without = (ids: readonly string[], removed: readonly string[]): string[] => ids.filter((id) => !removed.includes(id));

function isRelayed(context: OperationContext, serviceName: string): boolean {
  const service = interfaceServiceOf(context, serviceName);
  return service !== undefined && 'relayTo' in service;
}

function requestedPolicy({ PolicyDocument: document, ResetPolicy: reset }: Input): string | undefined {
  if (reset === true && document !== undefined) {
    throw errors.invalidParameterCombination('The parameter policyDocument may not be used with resetPolicy');
  }
  if (reset === true) return defaultEndpointPolicy;
  return document === undefined ? undefined : checkedEndpointPolicy(document);
}
