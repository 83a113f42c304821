import { detached } from '../attachment.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findUser, userPolicyDemand } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachUserPolicy.html */
export const detachUserPolicy: IamOperation<'DetachUserPolicy'> = {
  authorize: (input, context) => [userPolicyDemand('iam:DetachUserPolicy', input.UserName, context, input.PolicyArn)],

  commit(input, context) {
    const user = findUser(input.UserName, context);
    context.store.iam.of(context.accountId).users.update(user.userName, { attachedPolicies: detached(user, input.PolicyArn) });
    return {};
  },
};
