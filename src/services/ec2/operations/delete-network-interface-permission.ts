import { demandOn, readsAll } from '../authorization.ts';
import type { Ec2Operation } from '../ec2-operation.ts';
import { operationNotPermitted } from '../errors.ts';
import { permissionOf } from '../network-interface-permission.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkInterfacePermission.html */
export const deleteNetworkInterfacePermission: Ec2Operation<'DeleteNetworkInterfacePermission'> = {
  authorize(input, context) {
    const row = context.store.ec2.networkInterfacePermissions.find(input.NetworkInterfacePermissionId);
    if (row === undefined) return readsAll('DeleteNetworkInterfacePermission')();
    return [demandOn(context, 'DeleteNetworkInterfacePermission', row.networkInterfaceId)];
  },
  commit(input, context) {
    const { networkInterfacePermissionId, networkInterfaceId } = permissionOf(context, input.NetworkInterfacePermissionId);
    const { ec2 } = context.store;
    const attached = ec2.networkInterfaces.get(networkInterfaceId).attachment !== undefined;
    if (attached && input.Force !== true) {
      throw operationNotPermitted(`The network interface '${networkInterfaceId}' is attached: its permission can only be removed by force.`);
    }
    ec2.networkInterfacePermissions.delete(networkInterfacePermissionId);
    return { Return: true };
  },
};
