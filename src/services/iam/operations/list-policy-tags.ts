import type { IamOperation } from '../iam-operation.ts';
import { findPolicy, policyDemand } from '../policy.ts';
import { listTags } from '../tags.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyTags.html */
export const listPolicyTags: IamOperation<'ListPolicyTags'> = {
  authorize: (input, context) => [policyDemand('iam:ListPolicyTags', input.PolicyArn, context)],

  commit: (input, context) => listTags(findPolicy(input.PolicyArn, context).tags, input),
};
