import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findInstanceProfile, instanceProfileDemand } from '../instance-profile.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteInstanceProfile.html */
export const deleteInstanceProfile: IamOperation<'DeleteInstanceProfile'> = {
  authorize: (input, context) => [instanceProfileDemand('iam:DeleteInstanceProfile', input.InstanceProfileName, context)],

  commit(input, context) {
    const { instanceProfileName, roleName } = findInstanceProfile(input.InstanceProfileName, context);
    if (roleName !== undefined) throw iamErrors.mustRemoveRoles();
    context.store.iam.of(context.accountId).instanceProfiles.delete(instanceProfileName);
    return {};
  },
};
