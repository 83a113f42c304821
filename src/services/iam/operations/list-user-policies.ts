import type { IamOperation } from '../iam-operation.ts';
import { pageOf } from '../page.ts';
import { findUser, userDemand } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserPolicies.html */
export const listUserPolicies: IamOperation<'ListUserPolicies'> = {
  authorize: (input, context) => [userDemand('iam:ListUserPolicies', input.UserName, context)],

  commit(input, context) {
    const { userName: owner } = findUser(input.UserName, context);
    const names = context.store.iam
      .of(context.accountId)
      .userPolicies.list({ owner })
      .map(({ policyName }) => policyName);
    const { items, ...page } = pageOf(names, (name) => name, input);
    return { PolicyNames: items, ...page };
  },
};
