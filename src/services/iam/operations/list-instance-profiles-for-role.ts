import type { IamOperation } from '../iam-operation.ts';
import { findRole, roleDemand } from '../role.ts';

/** Always empty: there are no instances to profile. https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfilesForRole.html */
export const listInstanceProfilesForRole: IamOperation<'ListInstanceProfilesForRole'> = {
  authorize: (input, context) => [roleDemand('iam:ListInstanceProfilesForRole', input.RoleName, context)],

  commit(input, context) {
    findRole(input.RoleName, context);
    return { InstanceProfiles: [], IsTruncated: false };
  },
};
