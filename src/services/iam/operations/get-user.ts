import type { IamOperation } from '../iam-operation.ts';
import { describeBoundary } from '../permissions-boundary.ts';
import { describeTags } from '../tags.ts';
import { describeUser, findUser, userDemand, userNameOf } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html */
export const getUser: IamOperation<'GetUser'> = {
  authorize(input, context) {
    const { principal } = context;
    if (input.UserName === undefined && principal.type === 'root') return [{ action: 'iam:GetUser', resource: principal.arn }];
    return [userDemand('iam:GetUser', userNameOf(input.UserName, context), context)];
  },

  commit(input, context) {
    const { principal } = context;
    if (input.UserName === undefined && principal.type === 'root') {
      return { User: { Path: '/', UserName: undefined, UserId: principal.accountId, Arn: principal.arn, CreateDate: undefined } };
    }
    const user = findUser(userNameOf(input.UserName, context), context);
    return { User: { ...describeUser(user), ...describeBoundary(user), ...(user.tags.length === 0 ? {} : { Tags: describeTags(user.tags) }) } };
  },
};
