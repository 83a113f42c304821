import { managedPolicies } from '../../../access/managed-policies.ts';
import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { encodePolicyDocument } from '../policy-document.ts';

/** Of the managed policies, which have one version. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html */
export const getPolicyVersion: IamOperation<'GetPolicyVersion'> = {
  authorize: (input) => [{ action: 'iam:GetPolicyVersion', resource: input.PolicyArn }],

  commit(input) {
    const policy = managedPolicies.get(input.PolicyArn);
    if (policy?.defaultVersionId !== input.VersionId) throw iamErrors.noSuchPolicyVersion(input.PolicyArn, input.VersionId);
    return {
      PolicyVersion: {
        Document: encodePolicyDocument(policy.document),
        VersionId: policy.defaultVersionId,
        IsDefaultVersion: true,
        CreateDate: new Date(policy.createdAt),
      },
    };
  },
};
