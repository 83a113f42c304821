import { assert } from '../../../stdx/assert.ts';
import { iamErrors } from '../errors.ts';
import { describeGroup, groupArn } from '../group.ts';
import type { IamOperation } from '../iam-operation.ts';
import { groupsPerAccountMax } from '../quotas.ts';
import { uniqueId } from '../unique-id.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html */
export const createGroup: IamOperation<'CreateGroup'> = {
  authorize: (input, { accountId }) => [{ action: 'iam:CreateGroup', resource: groupArn(accountId, input.Path ?? '/', input.GroupName) }],

  commit(input, { store, accountId, now, newUuid }) {
    const { GroupName: groupName, Path: path = '/' } = input;
    const { groups } = store.iam.of(accountId);
    const lowerCaseName = groupName.toLowerCase();
    if (groups.list({ lowerCaseName }).length > 0) throw iamErrors.groupExists(groupName);
    if (groups.count() >= groupsPerAccountMax) throw iamErrors.quotaExceeded('GroupsPerAccount', groupsPerAccountMax);
    const groupId = uniqueId('AGPA', newUuid());
    assert(store.identifiers.spend(groupId), 'a random group id was never given before');
    const arn = groupArn(accountId, path, groupName);
    const group = { groupName, lowerCaseName, groupId, path, arn, createdAt: now.toISOString(), attachedPolicies: [] };
    groups.insert(group);
    return { Group: describeGroup(group) };
  },
};
