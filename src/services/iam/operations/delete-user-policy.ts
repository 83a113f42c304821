import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findUser, userDemand } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPolicy.html */
export const deleteUserPolicy: IamOperation<'DeleteUserPolicy'> = {
  authorize: (input, context) => [userDemand('iam:DeleteUserPolicy', input.UserName, context)],

  commit(input, context) {
    const { userName: owner } = findUser(input.UserName, context);
    const iam = context.store.iam.of(context.accountId);
    if (!iam.userPolicies.delete(iam.inlinePolicyId(owner, input.PolicyName))) throw iamErrors.noSuchUserPolicy(input.PolicyName);
    return {};
  },
};
