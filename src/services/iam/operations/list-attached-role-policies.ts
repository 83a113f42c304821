import type { IamOperation } from '../iam-operation.ts';
import { pageOf } from '../page.ts';
import { findRole, roleDemand } from '../role.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html */
export const listAttachedRolePolicies: IamOperation<'ListAttachedRolePolicies'> = {
  authorize: (input, context) => [roleDemand('iam:ListAttachedRolePolicies', input.RoleName, context)],

  commit(input, context) {
    const { attachedPolicies } = findRole(input.RoleName, context);
    // The path of a managed policy begins after `:policy`.
    const underPrefix = attachedPolicies.filter((arn) => arn.split(':policy')[1]?.startsWith(input.PathPrefix ?? '/') === true);
    const { items, ...page } = pageOf(underPrefix.toSorted(), (arn) => arn, input);
    return { AttachedPolicies: items.map((arn) => ({ PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn })), ...page };
  },
};
