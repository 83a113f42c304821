import type { IamOperation } from '../iam-operation.ts';
import { findRole, roleDemand } from '../role.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html */
export const updateRole: IamOperation<'UpdateRole'> = {
  authorize: (input, context) => [roleDemand('iam:UpdateRole', input.RoleName, context)],

  commit(input, context) {
    const role = findRole(input.RoleName, context);
    context.store.iam.of(context.accountId).roles.update(role.roleName, {
      ...(input.Description === undefined ? {} : { description: input.Description }),
      ...(input.MaxSessionDuration === undefined ? {} : { maxSessionDurationSeconds: input.MaxSessionDuration }),
    });
    return {};
  },
};
