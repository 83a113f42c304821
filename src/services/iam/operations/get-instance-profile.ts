import type { IamOperation } from '../iam-operation.ts';
import { describeTaggedProfile, findInstanceProfile, instanceProfileDemand } from '../instance-profile.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html */
export const getInstanceProfile: IamOperation<'GetInstanceProfile'> = {
  authorize: (input, context) => [instanceProfileDemand('iam:GetInstanceProfile', input.InstanceProfileName, context)],

  commit(input, context) {
    return { InstanceProfile: describeTaggedProfile(findInstanceProfile(input.InstanceProfileName, context), context) };
  },
};
