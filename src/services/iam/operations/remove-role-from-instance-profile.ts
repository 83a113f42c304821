import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findInstanceProfile, instanceProfileDemand } from '../instance-profile.ts';
import { findRole } from '../role.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveRoleFromInstanceProfile.html */
export const removeRoleFromInstanceProfile: IamOperation<'RemoveRoleFromInstanceProfile'> = {
  authorize: (input, context) => [instanceProfileDemand('iam:RemoveRoleFromInstanceProfile', input.InstanceProfileName, context)],

  commit(input, context) {
    const { roleName: removed, ...profile } = findInstanceProfile(input.InstanceProfileName, context);
    const { roleName } = findRole(input.RoleName, context);
    if (removed !== roleName) throw iamErrors.noSuchRoleInProfile(roleName, profile.instanceProfileName);
    const { instanceProfiles } = context.store.iam.of(context.accountId);
    instanceProfiles.delete(profile.instanceProfileName);
    instanceProfiles.insert(profile);
    return {};
  },
};
