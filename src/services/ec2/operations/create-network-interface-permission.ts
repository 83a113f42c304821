import { actsOn } from '../authorization.ts';
import type { Ec2Input, Ec2Operation } from '../ec2-operation.ts';
import * as errors from '../errors.ts';
import { permissionOf, wirePermission } from '../network-interface-permission.ts';
import { networkInterfaceOf } from '../resources.ts';
import { quotas } from '../quotas.ts';

/**
 * Lets another account attach the interface: what a service asks for before it uses a customer's interface. It is kept
 * and shown; no packet depends on it. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterfacePermission.html
 */
export const createNetworkInterfacePermission: Ec2Operation<'CreateNetworkInterfacePermission'> = {
  authorize: actsOn('CreateNetworkInterfacePermission', (input: Ec2Input<'CreateNetworkInterfacePermission'>) => [input.NetworkInterfaceId]),
  commit(input, context) {
    const { networkInterfaceId } = networkInterfaceOf(context, input.NetworkInterfaceId);
    const { AwsAccountId: awsAccountId, AwsService: awsService, Permission: permission } = input;
    if ((awsAccountId === undefined) === (awsService === undefined)) {
      throw errors.invalidParameterCombination('The request must contain exactly one of awsAccountId, awsService');
    }
    if (awsAccountId !== undefined && !/^\d{12}$/.test(awsAccountId)) {
      throw errors.invalidParameterValue(`Value (${awsAccountId}) for parameter awsAccountId is invalid.`);
    }
    if (permission !== 'INSTANCE-ATTACH' && permission !== 'EIP-ASSOCIATE') {
      throw errors.invalidParameterValue(`Value (${String(permission)}) for parameter permission is invalid.`);
    }
    const { networkInterfacePermissions } = context.store.ec2;
    if (networkInterfacePermissions.list({ networkInterfaceId }).length >= quotas.permissionsPerNetworkInterface) {
      throw errors.limitExceeded('NetworkInterfacePermission', 'network interface permissions');
    }
    const networkInterfacePermissionId = context.newId('eni-perm');
    networkInterfacePermissions.insert({
      networkInterfacePermissionId,
      networkInterfaceId,
      ownerId: context.accountId,
      createdAt: context.now.toISOString(),
      permission,
      ...(awsAccountId === undefined ? {} : { awsAccountId }),
      ...(awsService === undefined ? {} : { awsService }),
    });
    return { InterfacePermission: wirePermission(permissionOf(context, networkInterfacePermissionId)) };
  },
};
