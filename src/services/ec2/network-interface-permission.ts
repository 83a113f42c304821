import type { NetworkInterfacePermission } from '@aws-sdk/client-ec2';
import type { NetworkInterfacePermissionRow } from '../../store/ec2.ts';
import { malformedId, permissionIdNotFound } from './errors.ts';
import type { FilterTable } from './filters.ts';
import type { ResourceContext } from './resources.ts';

export function permissionOf({ store, accountId }: ResourceContext, id: string): NetworkInterfacePermissionRow {
  if (!id.startsWith('eni-perm-')) throw malformedId('InvalidPermissionID.Malformed', id, 'eni-perm');
  const row = store.ec2.networkInterfacePermissions.find(id);
  if (row === undefined || row.ownerId !== accountId) throw permissionIdNotFound(id);
  return row;
}

export function wirePermission(row: NetworkInterfacePermissionRow): NetworkInterfacePermission {
  return {
    NetworkInterfacePermissionId: row.networkInterfacePermissionId,
    NetworkInterfaceId: row.networkInterfaceId,
    ...(row.awsAccountId === undefined ? {} : { AwsAccountId: row.awsAccountId }),
    ...(row.awsService === undefined ? {} : { AwsService: row.awsService }),
    Permission: row.permission,
    PermissionState: { State: 'granted' },
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfacePermissions.html */
export const permissionFilters: FilterTable<NetworkInterfacePermissionRow> = {
  'network-interface-permission.aws-account-id': (row) => row.awsAccountId,
  'network-interface-permission.aws-service': (row) => row.awsService,
  'network-interface-permission.network-interface-id': (row) => row.networkInterfaceId,
  'network-interface-permission.network-interface-permission-id': (row) => row.networkInterfacePermissionId,
  'network-interface-permission.permission': (row) => row.permission,
};
