import type { IamOperation } from '../iam-operation.ts';
import { boundaryKey } from '../permissions-boundary.ts';
import { boundary } from '../policy.ts';
import { findUser, userDemand } from '../user.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPermissionsBoundary.html */
export const putUserPermissionsBoundary: IamOperation<'PutUserPermissionsBoundary'> = {
  authorize: (input, context) => [userDemand('iam:PutUserPermissionsBoundary', input.UserName, context, boundaryKey(input.PermissionsBoundary))],

  commit(input, context) {
    const { userName } = findUser(input.UserName, context);
    const permissionsBoundary = boundary(input.PermissionsBoundary, context);
    context.store.iam.of(context.accountId).users.update(userName, { permissionsBoundary });
    return {};
  },
};
