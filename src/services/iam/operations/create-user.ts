import { assert } from '../../../stdx/assert.ts';
import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { describeTags, requestTagContext, withTags } from '../tags.ts';
import { uniqueId } from '../unique-id.ts';
import { describeUser, userArn, userDemand } from '../user.ts';

const usersPerAccountMax = 5_000;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html */
export const createUser: IamOperation<'CreateUser'> = {
  authorize: (input, context) => [
    {
      ...userDemand('iam:CreateUser', input.UserName, context, requestTagContext(input.Tags ?? [])),
      resource: userArn(context.accountId, input.Path ?? '/', input.UserName),
    },
  ],

  commit(input, { store, accountId, now, newUuid }) {
    const { UserName: userName, Path: path = '/' } = input;
    if (input.PermissionsBoundary !== undefined) throw iamErrors.boundaryNotSupported();
    const lowerCaseName = userName.toLowerCase();
    if (store.iam.of(accountId).users.list({ lowerCaseName }).length > 0) throw iamErrors.userExists(userName);
    if (store.iam.of(accountId).users.count() >= usersPerAccountMax) throw iamErrors.quotaExceeded('UsersPerAccount', usersPerAccountMax);
    const userId = uniqueId('AIDA', newUuid());
    assert(store.identifiers.spend(userId), 'a random user id was never given before');
    const user = {
      userName,
      lowerCaseName,
      userId,
      path,
      arn: userArn(accountId, path, userName),
      createdAt: now.toISOString(),
      tags: withTags('TagsPerUser', [], input.Tags ?? []),
    };
    store.iam.of(accountId).users.insert(user);
    return { User: { ...describeUser(user), ...(user.tags.length === 0 ? {} : { Tags: describeTags(user.tags) }) } };
  },
};
