import type { IamOperation } from '../iam-operation.ts';
import { withoutTags } from '../tags.ts';
import { findUser, userDemand } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagUser.html */
export const untagUser: IamOperation<'UntagUser'> = {
  authorize: (input, context) => [userDemand('iam:UntagUser', input.UserName, context, { 'aws:TagKeys': input.TagKeys })],

  commit(input, context) {
    const { userName, tags } = findUser(input.UserName, context);
    context.store.iam.of(context.accountId).users.update(userName, { tags: withoutTags(tags, input.TagKeys) });
    return {};
  },
};
