import { listAttached } from '../attachment.ts';
import { findGroup, groupDemand } from '../group.ts';
import type { IamOperation } from '../iam-operation.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedGroupPolicies.html */
export const listAttachedGroupPolicies: IamOperation<'ListAttachedGroupPolicies'> = {
  authorize: (input, context) => [groupDemand('iam:ListAttachedGroupPolicies', input.GroupName, context)],

  commit: (input, context) => listAttached(findGroup(input.GroupName, context), input),
};
