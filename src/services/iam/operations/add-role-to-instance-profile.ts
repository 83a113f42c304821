import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';
import { findInstanceProfile, instanceProfileDemand } from '../instance-profile.ts';
import { passRoleDemand } from '../pass-role.ts';
import { findRole, roleDemand } from '../role.ts';

const rolesPerInstanceProfileMax = 1;

/** The role is passed to EC2. https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html */
export const addRoleToInstanceProfile: IamOperation<'AddRoleToInstanceProfile'> = {
  authorize: (input, context) => [
    instanceProfileDemand('iam:AddRoleToInstanceProfile', input.InstanceProfileName, context),
    passRoleDemand(roleDemand('iam:PassRole', input.RoleName, context).resource, 'ec2.amazonaws.com'),
  ],

  commit(input, context) {
    const profile = findInstanceProfile(input.InstanceProfileName, context);
    const { roleName } = findRole(input.RoleName, context);
    if (profile.roleName !== undefined) throw iamErrors.quotaExceeded('InstanceSessionsPerInstanceProfile', rolesPerInstanceProfileMax);
    context.store.iam.of(context.accountId).instanceProfiles.update(profile.instanceProfileName, { roleName });
    return {};
  },
};
