import { stsErrors } from '../errors.ts';
import type { StsOperation } from '../sts-operation.ts';

/** Everyone may ask who they are. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export const getCallerIdentity: StsOperation<'GetCallerIdentity'> = {
  authorize: () => [],

  commit(_input, { principal }) {
    switch (principal.type) {
      case 'root':
        return { UserId: principal.accountId, Account: principal.accountId, Arn: principal.arn };
      case 'user':
        return { UserId: principal.userId, Account: principal.accountId, Arn: principal.arn };
      case 'role-session':
        return { UserId: `${principal.roleId}:${principal.sessionName}`, Account: principal.accountId, Arn: principal.arn };
      case 'service':
      case 'anonymous':
        throw stsErrors.callerRequired();
    }
  },
};
