import type { IamOperation } from '../iam-operation.ts';
import { requireAccessKey, userDemand, userNameOf } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html */
export const deleteAccessKey: IamOperation<'DeleteAccessKey'> = {
  authorize: (input, context) => [userDemand('iam:DeleteAccessKey', userNameOf(input.UserName, context), context)],

  commit(input, context) {
    requireAccessKey(input, context);
    context.store.iam.accessKeys.delete(input.AccessKeyId);
    return {};
  },
};
