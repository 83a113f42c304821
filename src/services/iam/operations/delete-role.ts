import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findRole, roleDemand } from '../role.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html */
export const deleteRole: IamOperation<'DeleteRole'> = {
  authorize: (input, context) => [roleDemand('iam:DeleteRole', input.RoleName, context)],

  commit(input, context) {
    const role = findRole(input.RoleName, context);
    const { rolePolicies, roles } = context.store.iam.of(context.accountId);
    if (role.attachedPolicies.length > 0) throw iamErrors.mustDetachPolicies();
    if (rolePolicies.list({ owner: role.roleName }).length > 0) throw iamErrors.mustDeletePolicies();
    roles.delete(role.roleName);
    return {};
  },
};
