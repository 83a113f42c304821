import { iamErrors } from '../errors.ts';
import type { IamOperation } from '../iam-operation.ts';

/** There is none, as in an account that never set one. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountPasswordPolicy.html */
export const getAccountPasswordPolicy: IamOperation<'GetAccountPasswordPolicy'> = {
  authorize: () => [{ action: 'iam:GetAccountPasswordPolicy', resource: '*' }],

  commit(_input, { accountId }) {
    throw iamErrors.noPasswordPolicy(accountId);
  },
};
