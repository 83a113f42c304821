import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findUser, userDemand, userNameOf } from '../user.ts';

const accessKeysPerUserMax = 2;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html */
export const createAccessKey: IamOperation<'CreateAccessKey'> = {
  authorize: (input, context) => [userDemand('iam:CreateAccessKey', userNameOf(input.UserName, context), context)],

  commit(input, context) {
    const { userName } = findUser(userNameOf(input.UserName, context), context);
    const { store, access, accountId, now } = context;
    if (store.iam.of(accountId).accessKeysOf(userName).length >= accessKeysPerUserMax) {
      throw iamErrors.quotaExceeded('AccessKeysPerUser', accessKeysPerUserMax);
    }
    const { accessKeyId, secretAccessKey } = access.issueAccessKey(accountId, userName, now);
    return {
      AccessKey: { UserName: userName, AccessKeyId: accessKeyId, Status: 'Active', SecretAccessKey: secretAccessKey, CreateDate: now },
    };
  },
};
