import type { IamOperation } from '../iam-operation.ts';
import { listTags } from '../tags.ts';
import { findUser, userDemand } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserTags.html */
export const listUserTags: IamOperation<'ListUserTags'> = {
  authorize: (input, context) => [userDemand('iam:ListUserTags', input.UserName, context)],

  commit: (input, context) => listTags(findUser(input.UserName, context).tags, input),
};
