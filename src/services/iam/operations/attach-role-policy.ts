import { attached } from '../attachment.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findRole, rolePolicyDemand } from '../role.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html */
export const attachRolePolicy: IamOperation<'AttachRolePolicy'> = {
  authorize: (input, context) => [rolePolicyDemand('iam:AttachRolePolicy', input.RoleName, context, input.PolicyArn)],

  commit(input, context) {
    const role = findRole(input.RoleName, context);
    context.store.iam
      .of(context.accountId)
      .roles.update(role.roleName, { attachedPolicies: attached('PoliciesPerRole', role, input.PolicyArn, context) });
    return {};
  },
};
