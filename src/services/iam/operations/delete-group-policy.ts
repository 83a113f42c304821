import { iamErrors } from '../errors.ts';
import { findGroup, groupDemand } from '../group.ts';
import type { IamOperation } from '../iam-operation.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroupPolicy.html */
export const deleteGroupPolicy: IamOperation<'DeleteGroupPolicy'> = {
  authorize: (input, context) => [groupDemand('iam:DeleteGroupPolicy', input.GroupName, context)],

  commit(input, context) {
    const { groupName: owner } = findGroup(input.GroupName, context);
    const iam = context.store.iam.of(context.accountId);
    if (!iam.groupPolicies.delete(iam.inlinePolicyId(owner, input.PolicyName))) throw iamErrors.noSuchGroupPolicy(input.PolicyName);
    return {};
  },
};
