import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findUser, userArn, userDemand } from '../user.ts';

/** Whoever renames a user needs permission on it by both names. https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html */
export const updateUser: IamOperation<'UpdateUser'> = {
  authorize(input, context) {
    const demand = userDemand('iam:UpdateUser', input.UserName, context);
    const user = context.store.iam.of(context.accountId).users.find(input.UserName);
    const renamed = userArn(context.accountId, input.NewPath ?? user?.path ?? '/', input.NewUserName ?? input.UserName);
    return renamed === demand.resource ? [demand] : [demand, { ...demand, resource: renamed }];
  },

  commit(input, context) {
    const user = findUser(input.UserName, context);
    const { NewUserName: userName = user.userName, NewPath: path = user.path } = input;
    const lowerCaseName = userName.toLowerCase();
    const iam = context.store.iam.of(context.accountId);
    const [taken] = iam.users.list({ lowerCaseName });
    if (taken !== undefined && taken.userName !== user.userName) throw iamErrors.userExists(userName);
    iam.replaceUser(user, { ...user, userName, lowerCaseName, path, arn: userArn(context.accountId, path, userName) });
    return {};
  },
};
