import type { IamOperation } from '../iam-operation.ts';
import { findRole, roleDemand } from '../role.ts';
import { requestTagContext, withTags } from '../tags.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html */
export const tagRole: IamOperation<'TagRole'> = {
  authorize: (input, context) => [roleDemand('iam:TagRole', input.RoleName, context, requestTagContext(input.Tags))],

  commit(input, context) {
    const role = findRole(input.RoleName, context);
    context.store.iam.of(context.accountId).roles.update(role.roleName, { tags: withTags('TagsPerRole', role.tags, input.Tags) });
    return {};
  },
};
