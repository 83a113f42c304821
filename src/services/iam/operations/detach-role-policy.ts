import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findRole, roleDemand } from '../role.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html */
export const detachRolePolicy: IamOperation<'DetachRolePolicy'> = {
  authorize: (input, context) => [roleDemand('iam:DetachRolePolicy', input.RoleName, context, { 'iam:PolicyARN': [input.PolicyArn] })],

  commit(input, context) {
    const { roleName, attachedPolicies } = findRole(input.RoleName, context);
    if (!attachedPolicies.includes(input.PolicyArn)) throw iamErrors.notAttached(input.PolicyArn);
    context.store.iam.of(context.accountId).roles.update(roleName, { attachedPolicies: attachedPolicies.filter((arn) => arn !== input.PolicyArn) });
    return {};
  },
};
