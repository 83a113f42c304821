import { describeGroup } from '../group.ts';
import type { IamOperation } from '../iam-operation.ts';
import { pageOf } from '../page.ts';
import { findUser, userDemand } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupsForUser.html */
export const listGroupsForUser: IamOperation<'ListGroupsForUser'> = {
  authorize: (input, context) => [userDemand('iam:ListGroupsForUser', input.UserName, context)],

  commit(input, context) {
    const { groups } = findUser(input.UserName, context);
    const iam = context.store.iam.of(context.accountId);
    const { items, ...page } = pageOf(groups.toSorted(), (name) => name, input);
    return { Groups: items.map((name) => describeGroup(iam.groups.get(name))), ...page };
  },
};
