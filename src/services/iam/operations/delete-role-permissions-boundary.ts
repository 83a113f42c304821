import type { IamOperation } from '../iam-operation.ts';
import { findRole, rolePolicyDemand } from '../role.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePermissionsBoundary.html */
export const deleteRolePermissionsBoundary: IamOperation<'DeleteRolePermissionsBoundary'> = {
  authorize: (input, context) => [rolePolicyDemand('iam:DeleteRolePermissionsBoundary', input.RoleName, context)],

  commit(input, context) {
    const { permissionsBoundary: _removed, ...role } = findRole(input.RoleName, context);
    const { roles } = context.store.iam.of(context.accountId);
    roles.delete(role.roleName);
    roles.insert(role);
    return {};
  },
};
