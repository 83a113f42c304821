import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findPolicy, findVersion, policyChangeDemand } from '../policy.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicyVersion.html */
export const deletePolicyVersion: IamOperation<'DeletePolicyVersion'> = {
  authorize: (input, context) => [policyChangeDemand('iam:DeletePolicyVersion', input.PolicyArn, context)],

  commit(input, context) {
    const policy = findPolicy(input.PolicyArn, context);
    const deleted = findVersion(policy, input.VersionId);
    if (deleted.versionId === policy.defaultVersionId) throw iamErrors.defaultVersion();
    context.store.iam
      .of(context.accountId)
      .policies.update(policy.policyName, { versions: policy.versions.filter((version) => version !== deleted) });
    return {};
  },
};
