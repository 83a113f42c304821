import type { IamOperation } from '../iam-operation.ts';
import { findInstanceProfile, instanceProfileDemand } from '../instance-profile.ts';
import { listTags } from '../tags.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfileTags.html */
export const listInstanceProfileTags: IamOperation<'ListInstanceProfileTags'> = {
  authorize: (input, context) => [instanceProfileDemand('iam:ListInstanceProfileTags', input.InstanceProfileName, context)],

  commit: (input, context) => listTags(findInstanceProfile(input.InstanceProfileName, context).tags, input),
};
