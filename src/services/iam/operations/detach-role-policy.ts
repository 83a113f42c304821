import { detached } from '../attachment.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findRole, rolePolicyDemand } from '../role.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html */
export const detachRolePolicy: IamOperation<'DetachRolePolicy'> = {
  authorize: (input, context) => [rolePolicyDemand('iam:DetachRolePolicy', input.RoleName, context, input.PolicyArn)],

  commit(input, context) {
    const role = findRole(input.RoleName, context);
    context.store.iam.of(context.accountId).roles.update(role.roleName, { attachedPolicies: detached(role, input.PolicyArn) });
    return {};
  },
};
