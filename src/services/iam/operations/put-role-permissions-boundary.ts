import type { IamOperation } from '../iam-operation.ts';
import { boundaryKey } from '../permissions-boundary.ts';
import { boundary } from '../policy.ts';
import { findRole, roleDemand } from '../role.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html */
export const putRolePermissionsBoundary: IamOperation<'PutRolePermissionsBoundary'> = {
  authorize: (input, context) => [roleDemand('iam:PutRolePermissionsBoundary', input.RoleName, context, boundaryKey(input.PermissionsBoundary))],

  commit(input, context) {
    const { roleName } = findRole(input.RoleName, context);
    const permissionsBoundary = boundary(input.PermissionsBoundary, context);
    context.store.iam.of(context.accountId).roles.update(roleName, { permissionsBoundary });
    return {};
  },
};
