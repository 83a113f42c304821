import { listAttached } from '../attachment.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findRole, roleDemand } from '../role.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html */
export const listAttachedRolePolicies: IamOperation<'ListAttachedRolePolicies'> = {
  authorize: (input, context) => [roleDemand('iam:ListAttachedRolePolicies', input.RoleName, context)],

  commit: (input, context) => listAttached(findRole(input.RoleName, context), input),
};
