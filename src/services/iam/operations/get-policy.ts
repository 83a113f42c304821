import type { IamOperation } from '../iam-operation.ts';
import { describePolicy, findPolicy, policyDemand, policyUse } from '../policy.ts';
import { describeTags } from '../tags.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html */
export const getPolicy: IamOperation<'GetPolicy'> = {
  authorize: (input, context) => [policyDemand('iam:GetPolicy', input.PolicyArn, context)],

  commit(input, context) {
    const policy = findPolicy(input.PolicyArn, context);
    const use = policyUse(context.store.iam.of(context.accountId));
    return { Policy: { ...describePolicy(policy, use), Description: policy.description, Tags: describeTags(policy.tags) } };
  },
};
