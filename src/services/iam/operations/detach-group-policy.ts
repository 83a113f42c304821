import { detached } from '../attachment.ts';
import { findGroup, groupDemand } from '../group.ts';
import type { IamOperation } from '../iam-operation.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachGroupPolicy.html */
export const detachGroupPolicy: IamOperation<'DetachGroupPolicy'> = {
  authorize: (input, context) => [groupDemand('iam:DetachGroupPolicy', input.GroupName, context, { 'iam:PolicyARN': [input.PolicyArn] })],

  commit(input, context) {
    const group = findGroup(input.GroupName, context);
    context.store.iam.of(context.accountId).groups.update(group.groupName, { attachedPolicies: detached(group, input.PolicyArn) });
    return {};
  },
};
