import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findPolicy, policyChangeDemand, policyUse } from '../policy.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html */
export const deletePolicy: IamOperation<'DeletePolicy'> = {
  authorize: (input, context) => [policyChangeDemand('iam:DeletePolicy', input.PolicyArn, context)],

  commit(input, context) {
    const { arn, policyName, versions } = findPolicy(input.PolicyArn, context);
    const iam = context.store.iam.of(context.accountId);
    const { attached, boundaries } = policyUse(iam);
    if (attached.has(arn) || boundaries.has(arn)) throw iamErrors.policyAttached();
    if (versions.length > 1) throw iamErrors.policyHasVersions();
    iam.policies.delete(policyName);
    return {};
  },
};
