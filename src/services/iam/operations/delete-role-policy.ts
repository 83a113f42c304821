import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findRole, roleDemand } from '../role.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html */
export const deleteRolePolicy: IamOperation<'DeleteRolePolicy'> = {
  authorize: (input, context) => [roleDemand('iam:DeleteRolePolicy', input.RoleName, context)],

  commit(input, context) {
    const { roleName: owner } = findRole(input.RoleName, context);
    const iam = context.store.iam.of(context.accountId);
    if (!iam.rolePolicies.delete(iam.inlinePolicyId(owner, input.PolicyName))) throw iamErrors.noSuchRolePolicy(input.PolicyName);
    return {};
  },
};
