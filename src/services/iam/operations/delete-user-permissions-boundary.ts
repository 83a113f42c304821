import type { IamOperation } from '../iam-operation.ts';
import { findUser, userPolicyDemand } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPermissionsBoundary.html */
export const deleteUserPermissionsBoundary: IamOperation<'DeleteUserPermissionsBoundary'> = {
  authorize: (input, context) => [userPolicyDemand('iam:DeleteUserPermissionsBoundary', input.UserName, context)],

  commit(input, context) {
    const { permissionsBoundary: _removed, ...user } = findUser(input.UserName, context);
    const { users } = context.store.iam.of(context.accountId);
    users.delete(user.userName);
    users.insert(user);
    return {};
  },
};
