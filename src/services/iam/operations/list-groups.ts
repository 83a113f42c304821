import { describeGroup } from '../group.ts';
import type { IamOperation } from '../iam-operation.ts';
import { pageOf } from '../page.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroups.html */
export const listGroups: IamOperation<'ListGroups'> = {
  authorize: (input, { accountId }) => [{ action: 'iam:ListGroups', resource: `arn:aws:iam::${accountId}:group${input.PathPrefix ?? '/'}` }],

  commit(input, { store, accountId }) {
    const groups = store.iam
      .of(accountId)
      .groups.list()
      .filter(({ path }) => path.startsWith(input.PathPrefix ?? '/'));
    const { items, ...page } = pageOf(groups, ({ groupName }) => groupName, input);
    return { Groups: items.map(describeGroup), ...page };
  },
};
