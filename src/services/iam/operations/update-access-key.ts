import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { requireAccessKey, userDemand, userNameOf } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html */
export const updateAccessKey: IamOperation<'UpdateAccessKey'> = {
  authorize: (input, context) => [userDemand('iam:UpdateAccessKey', userNameOf(input.UserName, context), context)],

  commit(input, context) {
    requireAccessKey(input, context);
    if (input.Status === 'Expired') throw iamErrors.statusNotSettable();
    context.store.iam.accessKeys.update(input.AccessKeyId, { status: input.Status });
    return {};
  },
};
