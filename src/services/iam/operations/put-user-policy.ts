import type { IamOperation } from '../iam-operation.ts';
import { checkInlinePolicy } from '../policy-document.ts';
import { findUser, userDemand } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html */
export const putUserPolicy: IamOperation<'PutUserPolicy'> = {
  authorize: (input, context) => [userDemand('iam:PutUserPolicy', input.UserName, context)],

  commit(input, context) {
    const { userName: owner } = findUser(input.UserName, context);
    const { PolicyName: policyName, PolicyDocument: policyDocument } = input;
    const iam = context.store.iam.of(context.accountId);
    checkInlinePolicy('user', owner, policyName, policyDocument, iam);
    const inlinePolicyId = iam.inlinePolicyId(owner, policyName);
    iam.userPolicies.delete(inlinePolicyId);
    iam.userPolicies.insert({ inlinePolicyId, owner, policyName, policyDocument });
    return {};
  },
};
