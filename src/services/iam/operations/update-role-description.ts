import type { IamOperation } from '../iam-operation.ts';
import { describeRole, findRole, roleDemand } from '../role.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRoleDescription.html */
export const updateRoleDescription: IamOperation<'UpdateRoleDescription'> = {
  authorize: (input, context) => [roleDemand('iam:UpdateRoleDescription', input.RoleName, context)],

  commit(input, context) {
    const { roleName } = findRole(input.RoleName, context);
    const role = context.store.iam.of(context.accountId).roles.update(roleName, { description: input.Description });
    return { Role: { ...describeRole(role), Description: input.Description, MaxSessionDuration: role.maxSessionDurationSeconds } };
  },
};
