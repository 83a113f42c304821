import { iamErrors } from '../errors.ts';
import { findGroup, groupDemand } from '../group.ts';
import type { IamOperation } from '../iam-operation.ts';
import { encodePolicyDocument } from '../policy-document.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroupPolicy.html */
export const getGroupPolicy: IamOperation<'GetGroupPolicy'> = {
  authorize: (input, context) => [groupDemand('iam:GetGroupPolicy', input.GroupName, context)],

  commit(input, context) {
    const { groupName: owner } = findGroup(input.GroupName, context);
    const iam = context.store.iam.of(context.accountId);
    const policy = iam.groupPolicies.find(iam.inlinePolicyId(owner, input.PolicyName));
    if (policy === undefined) throw iamErrors.noSuchGroupPolicy(input.PolicyName);
    return { GroupName: owner, PolicyName: policy.policyName, PolicyDocument: encodePolicyDocument(policy.policyDocument) };
  },
};
