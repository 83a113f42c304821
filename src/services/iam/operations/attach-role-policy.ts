import { managedPolicies } from '../../../access/managed-policies.ts';
import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findRole, roleDemand } from '../role.ts';

const attachedPoliciesPerRoleMax = 10;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html */
export const attachRolePolicy: IamOperation<'AttachRolePolicy'> = {
  authorize: (input, context) => [roleDemand('iam:AttachRolePolicy', input.RoleName, context, { 'iam:PolicyARN': [input.PolicyArn] })],

  commit(input, context) {
    const { roleName, attachedPolicies } = findRole(input.RoleName, context);
    if (!managedPolicies.has(input.PolicyArn)) throw iamErrors.noSuchPolicy(input.PolicyArn);
    if (attachedPolicies.includes(input.PolicyArn)) return {};
    if (attachedPolicies.length >= attachedPoliciesPerRoleMax) throw iamErrors.quotaExceeded('PoliciesPerRole', attachedPoliciesPerRoleMax);
    context.store.iam.of(context.accountId).roles.update(roleName, { attachedPolicies: [...attachedPolicies, input.PolicyArn] });
    return {};
  },
};
