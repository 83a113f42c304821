import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findUser, userDemand, userNameOf } from '../user.ts';

/** Nobody has one. https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteLoginProfile.html */
export const deleteLoginProfile: IamOperation<'DeleteLoginProfile'> = {
  authorize: (input, context) => [userDemand('iam:DeleteLoginProfile', userNameOf(input.UserName, context), context)],

  commit(input, context) {
    throw iamErrors.noLoginProfile(findUser(userNameOf(input.UserName, context), context).userName);
  },
};
