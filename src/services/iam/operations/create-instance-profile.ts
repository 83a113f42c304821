import { assert } from '../../../stdx/assert.ts';
import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { describeTaggedProfile, instanceProfileArn } from '../instance-profile.ts';
import { instanceProfilesPerAccountMax } from '../quotas.ts';
import { creationDemands, withTags } from '../tags.ts';
import { uniqueId } from '../unique-id.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html */
export const createInstanceProfile: IamOperation<'CreateInstanceProfile'> = {
  authorize: (input, { accountId }) =>
    creationDemands(
      { action: 'iam:CreateInstanceProfile', resource: instanceProfileArn(accountId, input.Path ?? '/', input.InstanceProfileName) },
      'iam:TagInstanceProfile',
      input.Tags,
    ),

  commit(input, context) {
    const { store, accountId, now, newUuid } = context;
    const { InstanceProfileName: instanceProfileName, Path: path = '/' } = input;
    const { instanceProfiles } = store.iam.of(accountId);
    const lowerCaseName = instanceProfileName.toLowerCase();
    if (instanceProfiles.list({ lowerCaseName }).length > 0) throw iamErrors.instanceProfileExists(instanceProfileName);
    if (instanceProfiles.count() >= instanceProfilesPerAccountMax) {
      throw iamErrors.quotaExceeded('InstanceProfilesPerAccount', instanceProfilesPerAccountMax);
    }
    const instanceProfileId = uniqueId('AIPA', newUuid());
    assert(store.identifiers.spend(instanceProfileId), 'a random instance profile id was never given before');
    const profile = {
      instanceProfileName,
      lowerCaseName,
      instanceProfileId,
      path,
      arn: instanceProfileArn(accountId, path, instanceProfileName),
      createdAt: now.toISOString(),
      tags: withTags('TagsPerInstanceProfile', [], input.Tags ?? []),
    };
    instanceProfiles.insert(profile);
    return { InstanceProfile: describeTaggedProfile(profile, context) };
  },
};
