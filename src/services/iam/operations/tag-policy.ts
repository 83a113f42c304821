import type { IamOperation } from '../iam-operation.ts';
import { findPolicy, policyChangeDemand } from '../policy.ts';
import { requestTagContext, withTags } from '../tags.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagPolicy.html */
export const tagPolicy: IamOperation<'TagPolicy'> = {
  authorize: (input, context) => [policyChangeDemand('iam:TagPolicy', input.PolicyArn, context, requestTagContext(input.Tags))],

  commit(input, context) {
    const { policyName, tags } = findPolicy(input.PolicyArn, context);
    context.store.iam.of(context.accountId).policies.update(policyName, { tags: withTags('TagsPerPolicy', tags, input.Tags) });
    return {};
  },
};
