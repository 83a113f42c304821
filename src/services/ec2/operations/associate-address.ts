import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { associate, namedElasticIp, refuseManaged } from '../elastic-ip.ts';
import * as errors from '../errors.ts';
import { internetGatewayOfVpc } from '../internet-gateway.ts';
import { networkInterfaceOf } from '../resources.ts';
import { refuseUnsupported } from '../unsupported.ts';

/**
 * Interfaces that a service attached, as those of jobs, get no public address.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
 */
export const associateAddress: Ec2Operation<'AssociateAddress'> = {
  authorize: actsOn('AssociateAddress', (input: Ec2Input<'AssociateAddress'>) => [input.AllocationId, input.NetworkInterfaceId]),
  commit(input, context) {
    refuseUnsupported(input, { InstanceId: 'there are no instances' });
    const elasticIp = namedElasticIp(context, input);
    if (input.NetworkInterfaceId === undefined) throw errors.missingParameter('Either instance ID or network interface id must be specified');
    const row = networkInterfaceOf(context, input.NetworkInterfaceId);
    if (row.requesterManaged) throw errors.authFailure();
    if (row.attachment?.attachmentId.startsWith('ela-') === true) throw errors.attachmentNotYours(row.attachment.attachmentId);
    refuseManaged(context, elasticIp);
    if (input.PrivateIpAddress !== undefined && input.PrivateIpAddress !== row.privateIpAddress) {
      throw errors.invalidParameterValue(`The address ${input.PrivateIpAddress} is not assigned to network interface '${row.networkInterfaceId}'`);
    }
    if (internetGatewayOfVpc(context, row.vpcId) === undefined) throw errors.networkHasNoGateway(row.vpcId);
    return { AssociationId: associate(context, elasticIp, row, input.AllowReassociation ?? true) };
  },
};
