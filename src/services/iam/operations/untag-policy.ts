import type { IamOperation } from '../iam-operation.ts';
import { findPolicy, policyChangeDemand } from '../policy.ts';
import { withoutTags } from '../tags.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagPolicy.html */
export const untagPolicy: IamOperation<'UntagPolicy'> = {
  authorize: (input, context) => [policyChangeDemand('iam:UntagPolicy', input.PolicyArn, context, { 'aws:TagKeys': input.TagKeys })],

  commit(input, context) {
    const { policyName, tags } = findPolicy(input.PolicyArn, context);
    context.store.iam.of(context.accountId).policies.update(policyName, { tags: withoutTags(tags, input.TagKeys) });
    return {};
  },
};
