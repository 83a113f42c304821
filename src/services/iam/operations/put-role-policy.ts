import type { IamOperation } from '../iam-operation.ts';
import { checkInlinePolicy } from '../policy-document.ts';
import { findRole, roleDemand } from '../role.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html */
export const putRolePolicy: IamOperation<'PutRolePolicy'> = {
  authorize: (input, context) => [roleDemand('iam:PutRolePolicy', input.RoleName, context)],

  commit(input, context) {
    const { roleName: owner } = findRole(input.RoleName, context);
    const { PolicyName: policyName, PolicyDocument: policyDocument } = input;
    const iam = context.store.iam.of(context.accountId);
    checkInlinePolicy('role', owner, policyName, policyDocument, iam);
    const inlinePolicyId = iam.inlinePolicyId(owner, policyName);
    iam.rolePolicies.delete(inlinePolicyId);
    iam.rolePolicies.insert({ inlinePolicyId, owner, policyName, policyDocument });
    return {};
  },
};
