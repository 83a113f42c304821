import { iamErrors } from '../errors.ts';
import { findGroup, groupDemand } from '../group.ts';
import type { IamOperation } from '../iam-operation.ts';
import { groupsPerUserMax } from '../quotas.ts';
import { findUser } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddUserToGroup.html */
export const addUserToGroup: IamOperation<'AddUserToGroup'> = {
  authorize: (input, context) => [groupDemand('iam:AddUserToGroup', input.GroupName, context)],

  commit(input, context) {
    const { groupName } = findGroup(input.GroupName, context);
    const { userName, groups } = findUser(input.UserName, context);
    if (groups.includes(groupName)) return {};
    if (groups.length >= groupsPerUserMax) throw iamErrors.quotaExceeded('GroupsPerUser', groupsPerUserMax);
    context.store.iam.of(context.accountId).users.update(userName, { groups: [...groups, groupName] });
    return {};
  },
};
