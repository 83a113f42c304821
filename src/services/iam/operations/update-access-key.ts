import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findUser, userDemand, userNameOf } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html */
export const updateAccessKey: IamOperation<'UpdateAccessKey'> = {
  authorize: (input, context) => [userDemand('iam:UpdateAccessKey', userNameOf(input.UserName, context), context)],

  commit(input, context) {
    const { userName } = findUser(userNameOf(input.UserName, context), context);
    const { accessKeys } = context.store.iam;
    const isTheirs = context.store.iam
      .of(context.accountId)
      .accessKeysOf(userName)
      .some(({ accessKeyId }) => accessKeyId === input.AccessKeyId);
    if (!isTheirs) throw iamErrors.noSuchAccessKey(input.AccessKeyId);
    if (input.Status === 'Expired') throw iamErrors.statusNotSettable();
    accessKeys.update(input.AccessKeyId, { status: input.Status });
    return {};
  },
};
