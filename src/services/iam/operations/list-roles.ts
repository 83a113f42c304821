import type { IamOperation } from '../iam-operation.ts';
import { pageOf } from '../page.ts';
import { describeRole } from '../role.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html */
export const listRoles: IamOperation<'ListRoles'> = {
  authorize: (input, { accountId }) => [{ action: 'iam:ListRoles', resource: `arn:aws:iam::${accountId}:role${input.PathPrefix ?? '/'}` }],

  commit(input, { store, accountId }) {
    const roles = store.iam
      .of(accountId)
      .roles.list()
      .filter(({ path }) => path.startsWith(input.PathPrefix ?? '/'));
    const { items, ...page } = pageOf(roles, ({ roleName }) => roleName, input);
    const described = items.map((role) => ({
      ...describeRole(role),
      Description: role.description,
      MaxSessionDuration: role.maxSessionDurationSeconds,
    }));
    return { Roles: described, ...page };
  },
};
