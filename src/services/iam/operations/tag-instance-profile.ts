import type { IamOperation } from '../iam-operation.ts';
import { findInstanceProfile, instanceProfileDemand } from '../instance-profile.ts';
import { requestTagContext, withTags } from '../tags.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagInstanceProfile.html */
export const tagInstanceProfile: IamOperation<'TagInstanceProfile'> = {
  authorize: (input, context) => [instanceProfileDemand('iam:TagInstanceProfile', input.InstanceProfileName, context, requestTagContext(input.Tags))],

  commit(input, context) {
    const { instanceProfileName, tags } = findInstanceProfile(input.InstanceProfileName, context);
    const { instanceProfiles } = context.store.iam.of(context.accountId);
    instanceProfiles.update(instanceProfileName, { tags: withTags('TagsPerInstanceProfile', tags, input.Tags) });
    return {};
  },
};
