import type { IamOperation } from '../iam-operation.ts';
import { describeWholeVersion, findPolicy, findVersion, policyDemand } from '../policy.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html */
export const getPolicyVersion: IamOperation<'GetPolicyVersion'> = {
  authorize: (input, context) => [policyDemand('iam:GetPolicyVersion', input.PolicyArn, context)],

  commit(input, context) {
    const policy = findPolicy(input.PolicyArn, context);
    return { PolicyVersion: describeWholeVersion(policy, findVersion(policy, input.VersionId)) };
  },
};
