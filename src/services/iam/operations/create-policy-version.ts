import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { checkManagedPolicy } from '../policy-document.ts';
import { describeVersion, findPolicy, policyChangeDemand } from '../policy.ts';
import { versionsPerPolicyMax } from '../quotas.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html */
export const createPolicyVersion: IamOperation<'CreatePolicyVersion'> = {
  authorize: (input, context) => [policyChangeDemand('iam:CreatePolicyVersion', input.PolicyArn, context)],

  commit(input, context) {
    const { policyName, versions, versionsMade, defaultVersionId } = findPolicy(input.PolicyArn, context);
    checkManagedPolicy(input.PolicyDocument);
    if (versions.length >= versionsPerPolicyMax) throw iamErrors.versionsExceeded(versionsPerPolicyMax);
    const createdAt = context.now.toISOString();
    const version = { versionId: `v${versionsMade + 1}`, createdAt, document: input.PolicyDocument };
    const policy = context.store.iam.of(context.accountId).policies.update(policyName, {
      versions: [...versions, version],
      versionsMade: versionsMade + 1,
      updatedAt: createdAt,
      defaultVersionId: input.SetAsDefault === true ? version.versionId : defaultVersionId,
    });
    return { PolicyVersion: describeVersion(policy, version) };
  },
};
