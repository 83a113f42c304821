import { defaultEndpointPolicy } from '../../../model/policy/resource-policy.ts';
import { s3PrefixListOf } from '../../../model/regions.ts';
import { present } from '../../../stdx/assert.ts';
import type { OperationContext } from '../../operation.ts';
import { arnOf, demandCreation, demandOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { refuseForeignEndpointMembers } from '../endpoint-members.ts';
import { checkedEndpointPolicy } from '../endpoint-policy.ts';
import { type EndpointType, interfaceServiceOf, requestedEndpointType } from '../endpoint-service.ts';
import * as errors from '../errors.ts';
import { creationOf, sameCreation } from '../idempotency.ts';
import { addEndpointInterfaces, refuseConflictingNames, requestedPlaces, requestedPrivateDns } from '../interface-endpoint.ts';
import { requestedGroups } from '../network-interface.ts';
import { quotas } from '../quotas.ts';
import { vpcChanged, vpcEndpointOf, vpcOf } from '../resources.ts';
import { identify, requestedTags, storeTags } from '../tags.ts';
import { otherEndpointKinds, refuseUnsupported } from '../unsupported.ts';
import { addEndpointRoutes, wireVpcEndpoint } from '../vpc-endpoint.ts';

type Input = Ec2Input<'CreateVpcEndpoint'>;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html */
export const createVpcEndpoint: Ec2Operation<'CreateVpcEndpoint'> = {
  authorize(input, context) {
    const keys = {
      'ec2:Vpc': [arnOf(context, 'vpc', input.VpcId)],
      ...(input.ServiceName === undefined ? {} : { 'ec2:VpceServiceName': [input.ServiceName] }),
    };
    const ids = [input.VpcId, ...(input.RouteTableIds ?? []), ...(input.SubnetIds ?? []), ...(input.SecurityGroupIds ?? [])];
    return [
      ...demandCreation(context, 'CreateVpcEndpoint', 'vpc-endpoint', input.TagSpecifications, keys),
      ...ids.map((id) => demandOn(context, 'CreateVpcEndpoint', id)),
    ];
  },
  commit(input, context) {
    const type = requestedEndpointType(context, input.ServiceName, input.VpcEndpointType);
    refuseForeignMembers(input, type);
    const { vpcId } = vpcOf(context, input.VpcId);
    const { store } = context;
    const creation = creationOf(input);
    const earlier = sameCreation(context, store.ec2.vpcEndpoints, creation);
    if (earlier !== undefined) return { VpcEndpoint: wireVpcEndpoint(context, earlier), ClientToken: input.ClientToken };
    const policyDocument = isGiven(input.PolicyDocument) ? checkedEndpointPolicy(input.PolicyDocument) : defaultEndpointPolicy;
    const requested = requestedTags(input.TagSpecifications, 'vpc-endpoint');
    if (store.ec2.vpcEndpoints.count({ vpcId }) >= quotas.vpcEndpointsPerVpc) throw errors.limitExceeded('VpcEndpoint', 'VPC endpoints');

    const vpcEndpointId = identify(context, 'vpce', requested);
    const row = {
      vpcEndpointId,
      number: store.identifiers.next('vpc-endpoint'),
      vpcId,
      ownerId: context.accountId,
      createdAt: context.now.toISOString(),
      policyDocument,
      ...creation,
    };
    if (type === 'Gateway') insertGateway(input, context, row);
    else insertInterface(input, context, row);
    storeTags(context, vpcEndpointId, requested);
    vpcChanged(context, vpcId);
    return { VpcEndpoint: wireVpcEndpoint(context, vpcEndpointOf(context, vpcEndpointId)), ClientToken: input.ClientToken };
  },
};

/** What endpoints of both types have. */
interface CommonRow {
  readonly vpcEndpointId: string;
  readonly number: number;
  readonly vpcId: string;
  readonly ownerId: string;
  readonly createdAt: string;
  readonly policyDocument: string;
}

function insertGateway(input: Input, context: OperationContext, row: CommonRow): void {
  const routeTableIds = [...new Set(input.RouteTableIds)];
  const { prefixListId, prefixListName } = s3PrefixListOf(context.region);
  context.store.ec2.vpcEndpoints.insert({ ...row, vpcEndpointType: 'Gateway', serviceName: prefixListName, prefixListId, routeTableIds });
  addEndpointRoutes(context, row.vpcId, row.vpcEndpointId, routeTableIds);
}

function insertInterface(input: Input, context: OperationContext, row: CommonRow): void {
  const { store } = context;
  const { vpcEndpointId, vpcId } = row;
  const service = present(interfaceServiceOf(context, input.ServiceName ?? ''), 'a service of a known type is there');
  if ('relayTo' in service && isGiven(input.PolicyDocument)) throw errors.noPolicyForRelay();
  const places = requestedPlaces(context, vpcId, input);
  const groupIds = requestedGroups(context, vpcId, places[0]?.subnet.subnetId ?? vpcId, input.SecurityGroupIds);
  const privateDns = requestedPrivateDns(context, vpcId, service, input);
  if (privateDns.privateDnsEnabled) refuseConflictingNames(context, vpcId, service);
  store.ec2.vpcEndpoints.insert({
    ...row,
    vpcEndpointType: 'Interface',
    serviceName: service.serviceName,
    groupIds,
    ...privateDns,
    networkInterfaceIds: addEndpointInterfaces(context, { vpcEndpointId, groupIds }, places),
    generation: store.ec2.vpcs.get(vpcId).generation + 1,
  });
}

/** An empty policy document means the default one. */
const isGiven = (document: string | undefined): document is string => document !== undefined && document !== '';

function refuseForeignMembers(input: Input, type: EndpointType): void {
  refuseUnsupported(input, { ServiceNetworkArn: otherEndpointKinds, ResourceConfigurationArn: otherEndpointKinds });
  refuseForeignEndpointMembers(input, type);
  const region = input.ServiceRegion;
  if (region !== undefined && region !== input.ServiceName?.split('.').find((part) => part === region)) {
    refuseUnsupported(input, { ServiceRegion: 'there is one region' });
  }
}
