import type { IamOperation } from '../iam-operation.ts';
import { pageOf } from '../page.ts';
import { findRole, roleDemand } from '../role.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html */
export const listRolePolicies: IamOperation<'ListRolePolicies'> = {
  authorize: (input, context) => [roleDemand('iam:ListRolePolicies', input.RoleName, context)],

  commit(input, context) {
    const { roleName: owner } = findRole(input.RoleName, context);
    const names = context.store.iam
      .of(context.accountId)
      .rolePolicies.list({ owner })
      .map(({ policyName }) => policyName);
    const { items, ...page } = pageOf(names, (name) => name, input);
    return { PolicyNames: items, ...page };
  },
};
