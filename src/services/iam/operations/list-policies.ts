import { managedPolicies } from '../../../access/managed-policies.ts';
import type { PolicyRow } from '../../../store/iam.ts';
import type { IamInput, IamOperation } from '../iam-operation.ts';
import { pageOf } from '../page.ts';
import { describePolicy, policyUse, type PolicyUse } from '../policy.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html */
export const listPolicies: IamOperation<'ListPolicies'> = {
  authorize: (input, { accountId }) => [{ action: 'iam:ListPolicies', resource: `arn:aws:iam::${accountId}:policy${input.PathPrefix ?? '/'}` }],

  commit(input, { store, accountId }) {
    const iam = store.iam.of(accountId);
    const use = policyUse(iam);
    const policies = [...(input.Scope === 'Local' ? [] : managedPolicies.values()), ...(input.Scope === 'AWS' ? [] : iam.policies.list())]
      .filter((policy) => policy.path.startsWith(input.PathPrefix ?? '/') && isUsedAs(policy, use, input))
      .toSorted((a, b) => (a.arn < b.arn ? -1 : 1));
    const { items, ...page } = pageOf(policies, ({ arn }) => arn, input);
    return { Policies: items.map((policy) => describePolicy(policy, use)), ...page };
  },
};

/** Whether the policy is used in the way that is asked for; in any way, when only attached ones are. */
function isUsedAs({ arn }: PolicyRow, { attached, boundaries }: PolicyUse, input: IamInput<'ListPolicies'>): boolean {
  if (input.PolicyUsageFilter === 'PermissionsPolicy') return attached.has(arn);
  if (input.PolicyUsageFilter === 'PermissionsBoundary') return boundaries.has(arn);
  return input.OnlyAttached !== true || attached.has(arn) || boundaries.has(arn);
}
