import { findGroup, groupDemand } from '../group.ts';
import type { IamOperation } from '../iam-operation.ts';
import { pageOf } from '../page.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupPolicies.html */
export const listGroupPolicies: IamOperation<'ListGroupPolicies'> = {
  authorize: (input, context) => [groupDemand('iam:ListGroupPolicies', input.GroupName, context)],

  commit(input, context) {
    const { groupName: owner } = findGroup(input.GroupName, context);
    const names = context.store.iam
      .of(context.accountId)
      .groupPolicies.list({ owner })
      .map(({ policyName }) => policyName);
    const { items, ...page } = pageOf(names, (name) => name, input);
    return { PolicyNames: items, ...page };
  },
};
