import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { encodePolicyDocument } from '../policy-document.ts';
import { findRole, roleDemand } from '../role.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html */
export const getRolePolicy: IamOperation<'GetRolePolicy'> = {
  authorize: (input, context) => [roleDemand('iam:GetRolePolicy', input.RoleName, context)],

  commit(input, context) {
    const { roleName: owner } = findRole(input.RoleName, context);
    const iam = context.store.iam.of(context.accountId);
    const policy = iam.rolePolicies.find(iam.inlinePolicyId(owner, input.PolicyName));
    if (policy === undefined) throw iamErrors.noSuchRolePolicy(input.PolicyName);
    return { RoleName: owner, PolicyName: policy.policyName, PolicyDocument: encodePolicyDocument(policy.policyDocument) };
  },
};
