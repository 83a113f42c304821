import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findUser, userDemand, userNameOf } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html */
export const deleteAccessKey: IamOperation<'DeleteAccessKey'> = {
  authorize: (input, context) => [userDemand('iam:DeleteAccessKey', userNameOf(input.UserName, context), context)],

  commit(input, context) {
    const { userName } = findUser(userNameOf(input.UserName, context), context);
    const { accessKeys } = context.store.iam;
    const isTheirs = context.store.iam
      .of(context.accountId)
      .accessKeysOf(userName)
      .some(({ accessKeyId }) => accessKeyId === input.AccessKeyId);
    if (!isTheirs) throw iamErrors.noSuchAccessKey(input.AccessKeyId);
    accessKeys.delete(input.AccessKeyId);
    return {};
  },
};
