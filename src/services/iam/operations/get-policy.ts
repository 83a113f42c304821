import { managedPolicies } from '../../../access/managed-policies.ts';
import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';

/** Of the managed policies. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html */
export const getPolicy: IamOperation<'GetPolicy'> = {
  authorize: (input) => [{ action: 'iam:GetPolicy', resource: input.PolicyArn }],

  commit(input, { store, accountId }) {
    const policy = managedPolicies.get(input.PolicyArn);
    if (policy === undefined) throw iamErrors.notAttached(input.PolicyArn);
    return {
      Policy: {
        PolicyName: policy.policyName,
        PolicyId: policy.policyId,
        Arn: policy.arn,
        Path: policy.path,
        Description: policy.description,
        DefaultVersionId: policy.defaultVersionId,
        AttachmentCount: store.iam
          .of(accountId)
          .roles.list()
          .filter(({ attachedPolicies }) => attachedPolicies.includes(policy.arn)).length,
        PermissionsBoundaryUsageCount: 0,
        IsAttachable: true,
        CreateDate: new Date(policy.createdAt),
        UpdateDate: new Date(policy.createdAt),
        Tags: [],
      },
    };
  },
};
