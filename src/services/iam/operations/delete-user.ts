import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findUser, userDemand } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html */
export const deleteUser: IamOperation<'DeleteUser'> = {
  authorize: (input, context) => [userDemand('iam:DeleteUser', input.UserName, context)],

  commit(input, context) {
    const { userName } = findUser(input.UserName, context);
    const { accessKeysOf, userPolicies, users } = context.store.iam.of(context.accountId);
    if (accessKeysOf(userName).length > 0) throw iamErrors.mustDeleteAccessKeys();
    if (userPolicies.list({ owner: userName }).length > 0) throw iamErrors.mustDeletePolicies();
    users.delete(userName);
    return {};
  },
};
