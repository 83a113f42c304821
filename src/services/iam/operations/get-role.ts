import type { IamOperation } from '../iam-operation.ts';
import { describeBoundary } from '../permissions-boundary.ts';
import { describeRole, findRole, roleDemand } from '../role.ts';
import { describeTags } from '../tags.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html */
export const getRole: IamOperation<'GetRole'> = {
  authorize: (input, context) => [roleDemand('iam:GetRole', input.RoleName, context)],

  commit(input, context) {
    const role = findRole(input.RoleName, context);
    return {
      Role: {
        ...describeRole(role),
        ...describeBoundary(role),
        Description: role.description,
        MaxSessionDuration: role.maxSessionDurationSeconds,
        ...(role.tags.length === 0 ? {} : { Tags: describeTags(role.tags) }),
        RoleLastUsed: {},
      },
    };
  },
};
