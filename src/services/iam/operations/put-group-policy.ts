import { findGroup, groupDemand } from '../group.ts';
import type { IamOperation } from '../iam-operation.ts';
import { checkInlinePolicy } from '../policy-document.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutGroupPolicy.html */
export const putGroupPolicy: IamOperation<'PutGroupPolicy'> = {
  authorize: (input, context) => [groupDemand('iam:PutGroupPolicy', input.GroupName, context)],

  commit(input, context) {
    const { groupName: owner } = findGroup(input.GroupName, context);
    const { PolicyName: policyName, PolicyDocument: policyDocument } = input;
    const iam = context.store.iam.of(context.accountId);
    checkInlinePolicy('group', owner, policyName, policyDocument, iam);
    const inlinePolicyId = iam.inlinePolicyId(owner, policyName);
    iam.groupPolicies.delete(inlinePolicyId);
    iam.groupPolicies.insert({ inlinePolicyId, owner, policyName, policyDocument });
    return {};
  },
};
