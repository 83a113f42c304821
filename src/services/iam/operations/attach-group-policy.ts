import { attached } from '../attachment.ts';
import { findGroup, groupDemand } from '../group.ts';
import type { IamOperation } from '../iam-operation.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachGroupPolicy.html */
export const attachGroupPolicy: IamOperation<'AttachGroupPolicy'> = {
  authorize: (input, context) => [groupDemand('iam:AttachGroupPolicy', input.GroupName, context, { 'iam:PolicyARN': [input.PolicyArn] })],

  commit(input, context) {
    const group = findGroup(input.GroupName, context);
    context.store.iam
      .of(context.accountId)
      .groups.update(group.groupName, { attachedPolicies: attached('PoliciesPerGroup', group, input.PolicyArn, context) });
    return {};
  },
};
