import type { IamOperation } from '../iam-operation.ts';
import { checkTrustPolicy } from '../policy-document.ts';
import { findRole, roleDemand } from '../role.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html */
export const updateAssumeRolePolicy: IamOperation<'UpdateAssumeRolePolicy'> = {
  authorize: (input, context) => [roleDemand('iam:UpdateAssumeRolePolicy', input.RoleName, context)],

  commit(input, context) {
    const { roleName } = findRole(input.RoleName, context);
    checkTrustPolicy(input.PolicyDocument, context.store.iam.of(context.accountId));
    context.store.iam.of(context.accountId).roles.update(roleName, { assumeRolePolicyDocument: input.PolicyDocument });
    return {};
  },
};
