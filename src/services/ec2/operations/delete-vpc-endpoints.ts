import type { UnsuccessfulItem } from '@aws-sdk/client-ec2';
import { AwsError } from '../../../aws/aws-error.ts';
import type { OperationContext } from '../../operation.ts';
import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import { removeEndpointInterfaces } from '../interface-endpoint.ts';
import { vpcChanged, vpcEndpointOf } from '../resources.ts';
import { removeEndpointRoutes } from '../vpc-endpoint.ts';

/** Each by itself: what cannot be deleted is reported. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcEndpoints.html */
export const deleteVpcEndpoints: Ec2Operation<'DeleteVpcEndpoints'> = {
  authorize: actsOn('DeleteVpcEndpoints', ({ VpcEndpointIds }: Ec2Input<'DeleteVpcEndpoints'>) => VpcEndpointIds),
  commit: (input, context) => ({ Unsuccessful: [...new Set(input.VpcEndpointIds)].flatMap((id) => deleteVpcEndpoint(context, id)) }),
};

function deleteVpcEndpoint(context: OperationContext, id: string): UnsuccessfulItem[] {
  try {
    const row = vpcEndpointOf(context, id);
    const { vpcEndpointId, vpcId } = row;
    if (row.vpcEndpointType === 'Gateway') removeEndpointRoutes(context, vpcEndpointId, row.routeTableIds);
    else removeEndpointInterfaces(context, row.networkInterfaceIds);
    context.store.ec2.vpcEndpoints.delete(vpcEndpointId);
    context.store.ec2.removeTags(vpcEndpointId);
    vpcChanged(context, vpcId);
    return [];
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return [{ ResourceId: id, Error: { Code: error.code, Message: error.message } }];
  }
}
