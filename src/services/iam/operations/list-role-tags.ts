import type { IamOperation } from '../iam-operation.ts';
import { findRole, roleDemand } from '../role.ts';
import { listTags } from '../tags.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html */
export const listRoleTags: IamOperation<'ListRoleTags'> = {
  authorize: (input, context) => [roleDemand('iam:ListRoleTags', input.RoleName, context)],

  commit: (input, context) => listTags(findRole(input.RoleName, context).tags, input),
};
