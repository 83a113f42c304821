import type { IamOperation } from '../iam-operation.ts';
import { describeInstanceProfile } from '../instance-profile.ts';
import { pageOf } from '../page.ts';
import { findRole, roleDemand } from '../role.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfilesForRole.html */
export const listInstanceProfilesForRole: IamOperation<'ListInstanceProfilesForRole'> = {
  authorize: (input, context) => [roleDemand('iam:ListInstanceProfilesForRole', input.RoleName, context)],

  commit(input, context) {
    const { roleName } = findRole(input.RoleName, context);
    const profiles = context.store.iam
      .of(context.accountId)
      .instanceProfiles.list()
      .filter((profile) => profile.roleName === roleName);
    const { items, ...page } = pageOf(profiles, ({ instanceProfileName }) => instanceProfileName, input);
    return { InstanceProfiles: items.map((profile) => describeInstanceProfile(profile, context)), ...page };
  },
};
