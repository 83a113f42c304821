import { assert } from '../../../stdx/assert.ts';
import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { boundaryKey, describeBoundary } from '../permissions-boundary.ts';
import { boundary } from '../policy.ts';
import { usersPerAccountMax } from '../quotas.ts';
import { creationDemands, describeTags, withTags } from '../tags.ts';
import { uniqueId } from '../unique-id.ts';
import { describeUser, userArn } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html */
export const createUser: IamOperation<'CreateUser'> = {
  authorize: (input, { accountId }) =>
    creationDemands(
      {
        action: 'iam:CreateUser',
        resource: userArn(accountId, input.Path ?? '/', input.UserName),
        context: boundaryKey(input.PermissionsBoundary),
      },
      'iam:TagUser',
      input.Tags,
    ),

  commit(input, context) {
    const { store, accountId, now, newUuid } = context;
    const { UserName: userName, Path: path = '/' } = input;
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
      attachedPolicies: [],
      groups: [],
      ...(input.PermissionsBoundary === undefined ? {} : { permissionsBoundary: boundary(input.PermissionsBoundary, context) }),
      tags: withTags('TagsPerUser', [], input.Tags ?? []),
    };
    store.iam.of(accountId).users.insert(user);
    return { User: { ...describeUser(user), ...describeBoundary(user), ...(user.tags.length === 0 ? {} : { Tags: describeTags(user.tags) }) } };
  },
};
