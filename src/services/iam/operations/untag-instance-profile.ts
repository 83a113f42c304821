import type { IamOperation } from '../iam-operation.ts';
import { findInstanceProfile, instanceProfileDemand } from '../instance-profile.ts';
import { withoutTags } from '../tags.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagInstanceProfile.html */
export const untagInstanceProfile: IamOperation<'UntagInstanceProfile'> = {
  authorize: (input, context) => [
    instanceProfileDemand('iam:UntagInstanceProfile', input.InstanceProfileName, context, { 'aws:TagKeys': input.TagKeys }),
  ],

  commit(input, context) {
    const { instanceProfileName, tags } = findInstanceProfile(input.InstanceProfileName, context);
    context.store.iam.of(context.accountId).instanceProfiles.update(instanceProfileName, { tags: withoutTags(tags, input.TagKeys) });
    return {};
  },
};
