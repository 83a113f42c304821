import { iamErrors } from '../errors.ts';
import { findGroup, groupDemand } from '../group.ts';
import type { IamOperation } from '../iam-operation.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroup.html */
export const deleteGroup: IamOperation<'DeleteGroup'> = {
  authorize: (input, context) => [groupDemand('iam:DeleteGroup', input.GroupName, context)],

  commit(input, context) {
    const { groupName, attachedPolicies } = findGroup(input.GroupName, context);
    const { groups, groupPolicies, users } = context.store.iam.of(context.accountId);
    if (users.list().some((user) => user.groups.includes(groupName))) throw iamErrors.mustRemoveUsers();
    if (attachedPolicies.length > 0) throw iamErrors.mustDetachPolicies();
    if (groupPolicies.list({ owner: groupName }).length > 0) throw iamErrors.mustDeletePolicies();
    groups.delete(groupName);
    return {};
  },
};
