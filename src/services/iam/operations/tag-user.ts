import type { IamOperation } from '../iam-operation.ts';
import { requestTagContext, withTags } from '../tags.ts';
import { findUser, userDemand } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagUser.html */
export const tagUser: IamOperation<'TagUser'> = {
  authorize: (input, context) => [userDemand('iam:TagUser', input.UserName, context, requestTagContext(input.Tags))],

  commit(input, context) {
    const { userName, tags } = findUser(input.UserName, context);
    context.store.iam.of(context.accountId).users.update(userName, { tags: withTags('TagsPerUser', tags, input.Tags) });
    return {};
  },
};
