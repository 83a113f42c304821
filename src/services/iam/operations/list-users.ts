import type { IamOperation } from '../iam-operation.ts';
import { pageOf } from '../page.ts';
import { describeUser } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html */
export const listUsers: IamOperation<'ListUsers'> = {
  authorize: (input, { accountId }) => [{ action: 'iam:ListUsers', resource: `arn:aws:iam::${accountId}:user${input.PathPrefix ?? '/'}` }],

  commit(input, { store, accountId }) {
    const users = store.iam
      .of(accountId)
      .users.list()
      .filter(({ path }) => path.startsWith(input.PathPrefix ?? '/'));
    const { items, ...page } = pageOf(users, ({ userName }) => userName, input);
    return { Users: items.map(describeUser), ...page };
  },
};
