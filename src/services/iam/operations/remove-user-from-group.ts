import { iamErrors } from '../errors.ts';
import { findGroup, groupDemand } from '../group.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findUser } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveUserFromGroup.html */
export const removeUserFromGroup: IamOperation<'RemoveUserFromGroup'> = {
  authorize: (input, context) => [groupDemand('iam:RemoveUserFromGroup', input.GroupName, context)],

  commit(input, context) {
    const { groupName } = findGroup(input.GroupName, context);
    const { userName, groups } = findUser(input.UserName, context);
    if (!groups.includes(groupName)) throw iamErrors.notInGroup(userName, groupName);
    context.store.iam.of(context.accountId).users.update(userName, { groups: groups.filter((name) => name !== groupName) });
    return {};
  },
};
