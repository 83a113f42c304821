import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { encodePolicyDocument } from '../policy-document.ts';
import { findUser, userDemand } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUserPolicy.html */
export const getUserPolicy: IamOperation<'GetUserPolicy'> = {
  authorize: (input, context) => [userDemand('iam:GetUserPolicy', input.UserName, context)],

  commit(input, context) {
    const { userName: owner } = findUser(input.UserName, context);
    const iam = context.store.iam.of(context.accountId);
    const policy = iam.userPolicies.find(iam.inlinePolicyId(owner, input.PolicyName));
    if (policy === undefined) throw iamErrors.noSuchUserPolicy(input.PolicyName);
    return { UserName: owner, PolicyName: policy.policyName, PolicyDocument: encodePolicyDocument(policy.policyDocument) };
  },
};
