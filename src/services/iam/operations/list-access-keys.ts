import type { IamOperation } from '../iam-operation.ts';
import { pageOf } from '../page.ts';
import { findUser, userDemand, userNameOf } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html */
export const listAccessKeys: IamOperation<'ListAccessKeys'> = {
  authorize: (input, context) => [userDemand('iam:ListAccessKeys', userNameOf(input.UserName, context), context)],

  commit(input, context) {
    const { userName } = findUser(userNameOf(input.UserName, context), context);
    const { items, ...page } = pageOf(context.store.iam.of(context.accountId).accessKeysOf(userName), ({ accessKeyId }) => accessKeyId, input);
    const keys = items.map(({ accessKeyId, status, createdAt }) => ({
      UserName: userName,
      AccessKeyId: accessKeyId,
      Status: status,
      ...(createdAt === undefined ? {} : { CreateDate: new Date(createdAt) }),
    }));
    return { AccessKeyMetadata: keys, ...page };
  },
};
