import type { IamOperation } from '../iam-operation.ts';
import { pageOf } from '../page.ts';
import { findRole, roleDemand } from '../role.ts';
import { describeTags } from '../tags.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html */
export const listRoleTags: IamOperation<'ListRoleTags'> = {
  authorize: (input, context) => [roleDemand('iam:ListRoleTags', input.RoleName, context)],

  commit(input, context) {
    const tags = findRole(input.RoleName, context).tags.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    const { items, ...page } = pageOf(tags, ({ key }) => key, input);
    return { Tags: describeTags(items), ...page };
  },
};
