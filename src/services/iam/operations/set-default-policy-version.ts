import type { IamOperation } from '../iam-operation.ts';
import { findPolicy, findVersion, policyChangeDemand } from '../policy.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html */
export const setDefaultPolicyVersion: IamOperation<'SetDefaultPolicyVersion'> = {
  authorize: (input, context) => [policyChangeDemand('iam:SetDefaultPolicyVersion', input.PolicyArn, context)],

  commit(input, context) {
    const policy = findPolicy(input.PolicyArn, context);
    const { versionId: defaultVersionId } = findVersion(policy, input.VersionId);
    context.store.iam.of(context.accountId).policies.update(policy.policyName, { defaultVersionId, updatedAt: context.now.toISOString() });
    return {};
  },
};
