import type { IamOperation } from '../iam-operation.ts';
import { findUser, userDemand } from '../user.ts';

/** Always empty: there are no groups. https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupsForUser.html */
export const listGroupsForUser: IamOperation<'ListGroupsForUser'> = {
  authorize: (input, context) => [userDemand('iam:ListGroupsForUser', input.UserName, context)],

  commit(input, context) {
    findUser(input.UserName, context);
    return { Groups: [], IsTruncated: false };
  },
};
