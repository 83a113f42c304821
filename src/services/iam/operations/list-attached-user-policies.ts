import { listAttached } from '../attachment.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findUser, userDemand } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedUserPolicies.html */
export const listAttachedUserPolicies: IamOperation<'ListAttachedUserPolicies'> = {
  authorize: (input, context) => [userDemand('iam:ListAttachedUserPolicies', input.UserName, context)],

  commit: (input, context) => listAttached(findUser(input.UserName, context), input),
};
