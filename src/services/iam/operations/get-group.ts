import { describeGroup, findGroup, groupDemand } from '../group.ts';
import type { IamOperation } from '../iam-operation.ts';
import { pageOf } from '../page.ts';
import { describeUser } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroup.html */
export const getGroup: IamOperation<'GetGroup'> = {
  authorize: (input, context) => [groupDemand('iam:GetGroup', input.GroupName, context)],

  commit(input, context) {
    const group = findGroup(input.GroupName, context);
    const members = context.store.iam
      .of(context.accountId)
      .users.list()
      .filter(({ groups }) => groups.includes(group.groupName));
    const { items, ...page } = pageOf(members, ({ userName }) => userName, input);
    return { Group: describeGroup(group), Users: items.map(describeUser), ...page };
  },
};
