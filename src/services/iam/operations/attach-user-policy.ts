import { attached } from '../attachment.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findUser, userPolicyDemand } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html */
export const attachUserPolicy: IamOperation<'AttachUserPolicy'> = {
  authorize: (input, context) => [userPolicyDemand('iam:AttachUserPolicy', input.UserName, context, input.PolicyArn)],

  commit(input, context) {
    const user = findUser(input.UserName, context);
    context.store.iam
      .of(context.accountId)
      .users.update(user.userName, { attachedPolicies: attached('PoliciesPerUser', user, input.PolicyArn, context) });
    return {};
  },
};
