import type { IamOperation } from '../iam-operation.ts';
import { findRole, roleDemand } from '../role.ts';
import { withoutTags } from '../tags.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagRole.html */
export const untagRole: IamOperation<'UntagRole'> = {
  authorize: (input, context) => [roleDemand('iam:UntagRole', input.RoleName, context, { 'aws:TagKeys': input.TagKeys })],

  commit(input, context) {
    const role = findRole(input.RoleName, context);
    context.store.iam.of(context.accountId).roles.update(role.roleName, { tags: withoutTags(role.tags, input.TagKeys) });
    return {};
  },
};
